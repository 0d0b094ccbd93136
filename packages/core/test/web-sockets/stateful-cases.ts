import { expect, test } from 'vitest'
import { closing, frame, opcodes } from './client.ts'
import { line, named, type WebSocketTarget } from './target.ts'

const { text, close } = opcodes

/** Each state that cannot be kept, and what is said of it. */
const unfit = [
  ['date', 'state.rest.since is a Date'],
  ['map', 'state.rest[1] is a Map'],
  ['function', 'state.rest["not a name"].call is a function'],
  ['number', 'state.rest is NaN'],
  ['hole', 'state.rest[1] is undefined'],
  ['cycle', 'state.rest.self contains itself'],
  ['large', 'bytes as JSON'],
] as const

/** What a declared state is, wherever its sockets live. */
export function statefulCases(target: () => WebSocketTarget): void {
  test('each socket has its own state, from one handler to the next', async () => {
    const { client, name } = await named(target(), '/count')
    const { client: other } = await named(target(), '/count')
    client.send(frame(text, 'one'), frame(text, 'two'))
    other.send(frame(text, 'one'))
    const search = `?name=${name}`
    await expect
      .poll(client.frames)
      .toEqual([201, 202].map((count) => `text ${JSON.stringify([count, null, search])}`))
    await expect.poll(() => other.frames().at(0)).toContain('[201,null')
    client.send(frame(text, 'replace'), frame(text, 'three'))
    const rest = { ä: [null, true, -1.5, '👋'] }
    await expect.poll(() => client.frames()[3]).toBe(`text ${JSON.stringify([204, rest, search])}`)
    client.send(frame(close, closing(4000)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 4000, messages: 204, rest })
    other.socket.destroy()
  })

  test('what a handler that throws did to it is forgotten', async () => {
    const { client, name } = await named(target(), '/count')
    client.send(frame(text, 'one'), frame(text, 'throw'))
    await expect.poll(() => client.frames().at(-1)).toBe('close 1011 ')
    client.send(frame(close, closing(1011)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 1011, messages: 201 })
    client.socket.destroy()
  })

  test.each(unfit)(
    'a state that cannot be kept (%s) is 1011, and the log says what',
    async (what, said) => {
      const { client, name } = await named(target(), '/count')
      client.send(frame(text, 'one'), frame(text, what))
      await expect.poll(() => client.frames().at(-1)).toBe('close 1011 ')
      client.send(frame(close, closing(1011)))
      expect(await line(target(), name, 'closed')).toMatchObject({ code: 1011, messages: 201 })
      expect(messagesIn(target().log())).toContain(said)
      client.socket.destroy()
    },
  )

  test('at the handshake it is 500, and the log says what', async () => {
    const { client } = await named(target(), '/count?rest=date')
    expect(client.head()).toMatch(/^HTTP\/1\.1 500 /)
    expect(messagesIn(target().log())).toContain('state.rest.since is a Date')
    client.socket.destroy()
  })

  test('the largest has room beside the longest URL', async () => {
    const { client } = await named(target(), `/count?rest=largest&long=${'%22'.repeat(2_270)}`)
    client.send(frame(text, 'one'), frame(text, 'two'))
    await expect.poll(client.frames).toHaveLength(2)
    expect(client.frames()[1]).toMatch(/^text \[202,"€\\"x{1900,}",/)
    client.socket.destroy()
  })

  test('what a handler leaves when the socket is closed, onClose has', async () => {
    const failures = () => target().log().split('a WebSocket handler failed').length
    const before = failures()
    const { client: left, name } = await named(target(), '/count')
    left.send(frame(text, 'leave'), frame(close, closing(4002)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 4002, rest: 'left' })
    const { client: lost, name: other } = await named(target(), '/count')
    lost.send(frame(text, 'late'))
    await line(target(), other, 'handling')
    lost.socket.resetAndDestroy()
    expect(await line(target(), other, 'closed')).toMatchObject({ code: 1006, rest: 'late' })
    expect(failures()).toBe(before)
    left.socket.destroy()
  })

  test('a URL that is too long to be kept is 414', async () => {
    const { client } = await named(target(), `/count?long=${'x'.repeat(7_000)}`)
    expect(client.head()).toMatch(/^HTTP\/1\.1 414 /)
    client.socket.destroy()
  })
}

/** What is quoted in the log is quoted once more as JSON. */
function messagesIn(log: string): string {
  return log.replaceAll('\\"', '"')
}
