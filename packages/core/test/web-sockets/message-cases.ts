import { once } from 'node:events'
import { expect, test } from 'vitest'
import { frame, type FrameOptions, opcodes, expectBreach, type RawClient } from './client.ts'
import { line, linesOf, named, type RuntimeFacts, type WebSocketTarget } from './target.ts'

const { text, binary, continuation, ping, pong } = opcodes

export function messageCases(target: () => WebSocketTarget, facts: RuntimeFacts): void {
  test('text comes as a string, binary as an ArrayBuffer, empty ones too', async () => {
    const { client, name } = await named(target())
    client.send(
      frame(text, 'grüße 👋'),
      frame(binary, [1, 2, 3] as never),
      frame(text),
      frame(binary),
    )
    await expect.poll(client.frames).toEqual(['text grüße 👋', 'binary 3', 'text ', 'binary 0'])
    expect(
      linesOf(target(), name)
        .filter(({ message }) => message === 'message')
        .map(({ kind }) => kind),
    ).toEqual(['text', 'binary', 'text', 'binary'])
    client.socket.destroy()
  })

  test('a view is sent without its neighbours, and what is no message is refused', async () => {
    const { client } = await named(target())
    client.send(frame(text, '{"do":"send"}'))
    await expect.poll(client.frames).toEqual(['binary 2', 'text MOORING_E_WEBSOCKET'])
    client.socket.destroy()
  })

  test('what is sent is what it was when it was sent', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${target().port}/ws`)
    socket.binaryType = 'arraybuffer'
    await once(socket, 'open')
    socket.send('{"do":"reuse"}')
    const [message] = (await once(socket, 'message')) as [MessageEvent]
    const bytes = new Uint8Array(message.data)
    expect([bytes.length, bytes.indexOf(2)]).toEqual([24 * 1024 ** 2, -1])
    socket.close()
  })

  test('fragments are one message, with control frames between them', async () => {
    const { client } = await named(target())
    client.send(frame(text, 'hé'.slice(0, 1), { fin: false }), frame(ping, 'x'))
    // One character, whose bytes are in two fragments.
    client.send(frame(continuation, [0xc3] as never, { fin: false }), frame(pong, 'unasked'))
    client.send(frame(continuation, [0xa9] as never))
    await expect.poll(client.frames).toEqual(['pong x', 'text hé'])
    client.socket.destroy()
  })

  test('a ping is answered with its payload', async () => {
    const { client } = await named(target())
    // One by one: RFC 6455 §5.5.3 lets an endpoint answer the last of several.
    for (const payload of ['', 'payload', 'x'.repeat(125)]) {
      client.send(frame(ping, payload))
      await expect.poll(() => client.frames().at(-1)).toBe(`pong ${payload}`)
    }
    expect(client.frames()).toHaveLength(3)
    client.socket.destroy()
  })

  test('a message may be as large as the limit', async () => {
    const { client } = await named(target())
    client.send(frame(binary, Buffer.alloc(1024 ** 2)), frame(text, 'x'.repeat(1024 ** 2)))
    await expect.poll(() => client.frames().length).toBe(2)
    client.socket.destroy()
    const { client: small } = await named(target(), '/small')
    small.send(frame(text, 'é'.repeat(500)))
    await expect.poll(small.frames).toEqual([`text ${'é'.repeat(500)}`])
    small.socket.destroy()
  })

  test.each([
    ['/ws', 'binary', Buffer.alloc(1024 ** 2 + 1)],
    ['/small', 'binary', Buffer.alloc(1001)],
    ['/small', 'text, counted in bytes,', 'é'.repeat(501)],
    ['/small', 'text', 'x'.repeat(40_000)],
  ] as const)('%s: a larger message (%s) is 1009', async (path, kind, payload) => {
    const { client, name } = await named(target(), path)
    client.send(frame(kind === 'binary' ? binary : text, payload))
    await expect.poll(client.frames).toEqual(['close 1009 '])
    await expectFailed(target(), name)
    client.socket.destroy()
  })

  const invalid = (what: string, bytes: readonly Uint8Array[]) => ({ what, bytes })
  const options = (set: FrameOptions) => set
  test.each([
    invalid('an opcode that is reserved', [frame(3, 'x')]),
    invalid('a bit that is reserved', [frame(text, 'x', options({ rsv: 0x20 }))]),
    invalid('a compressed frame, which was not agreed on', [frame(text, 'x', { rsv: 0x40 })]),
    invalid('a continuation of nothing', [frame(continuation, 'x')]),
    invalid('a message within another', [frame(text, 'a', { fin: false }), frame(text, 'b')]),
    invalid('a fragmented ping', [frame(ping, 'x', { fin: false })]),
    ...(facts.checksFrames
      ? [
          invalid('a frame without a mask', [frame(text, 'x', { masked: false })]),
          invalid('a ping of 126 bytes', [frame(ping, 'x'.repeat(126))]),
        ]
      : []),
  ])('$what is 1002', async ({ bytes }) => {
    const { client, name } = await named(target())
    client.send(...bytes)
    await expectBreach(client, facts, 1002)
    await expectFailed(target(), name)
    client.socket.destroy()
  })

  async function expectRefusal(client: RawClient, name: string): Promise<void> {
    await expectBreach(client, facts, 1007)
    await expectFailed(target(), name)
  }

  async function expectReplacement(client: RawClient): Promise<void> {
    await expect.poll(client.frames).toEqual(['text a\ufffd'])
  }

  test('text that is no UTF-8 is 1007, or has U+FFFD in it', async () => {
    const { client, name } = await named(target())
    client.send(frame(text, [0x61, 0xff] as never))
    await (facts.checksUtf8 ? expectRefusal : expectReplacement)(client, name)
    client.socket.destroy()
  })
}

/** onError, then onClose with 1006: once each, whatever the client does afterwards. */
async function expectFailed(target: WebSocketTarget, name: string): Promise<void> {
  expect(await line(target, name, 'closed')).toMatchObject({ code: 1006, wasClean: false })
  const messages = linesOf(target, name).map(({ message }) => message)
  expect(messages).toEqual(['opened', 'failed', 'closed'])
  expect(await line(target, name, 'failed')).toMatchObject({ type: 'error', hasMessage: true })
}
