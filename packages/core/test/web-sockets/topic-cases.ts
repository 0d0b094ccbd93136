import { expect, test } from 'vitest'
import { closing, frame, opcodes, type RawClient } from './client.ts'
import { line, named, type WebSocketTarget } from './target.ts'

const { text, close } = opcodes

/** Publishes texts, one after the other. @returns their ids */
export async function publishAll(
  { port }: WebSocketTarget,
  ...texts: readonly string[]
): Promise<string[]> {
  const body = JSON.stringify(texts)
  const response = await fetch(`http://127.0.0.1:${port}/publish`, { method: 'POST', body })
  return response.json() as Promise<string[]>
}

/** A socket that the topic feeds by now. */
export async function fed(
  target: WebSocketTarget,
  query = '',
): Promise<{ readonly client: RawClient; readonly name: string }> {
  const found = await named(target, `/fed?${query}`)
  await expect.poll(found.client.frames).toContain('text open')
  return found
}

/** What a topic that feeds WebSockets does, wherever both are. */
export function topicCases(target: () => WebSocketTarget): void {
  test('each socket has what is published once it is open, in order, in turn with its messages', async () => {
    await publishAll(target(), 'before')
    const { client, name } = await fed(target())
    const { client: other } = await fed(target())
    await publishAll(target(), 'a', 'b')
    const heard = ['text open', 'text 1 a', 'text 2 b']
    await expect.poll(client.frames).toEqual(heard)
    await expect.poll(other.frames).toEqual(heard)
    client.send(frame(text, '!'))
    await expect.poll(() => client.frames().at(-1)).toBe('text said !')
    await publishAll(target(), 'c')
    await expect.poll(() => client.frames().at(-1)).toBe('text 3! c')
    await expect.poll(() => other.frames().at(-1)).toBe('text 3 c')
    client.send(frame(close, closing(4000)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 4000, heard: 3, said: '!' })
    await publishAll(target(), 'd')
    await expect.poll(() => other.frames().at(-1)).toBe('text 4 d')
    for (const { socket } of [client, other]) socket.destroy()
  })

  test('a client that comes back goes on after what it had, or is told', async () => {
    const [first] = await publishAll(target(), '1', '2', '3')
    const { client } = await fed(target(), `after=${first}`)
    await publishAll(target(), '4')
    const rest = ['text 1 2', 'text 2 3', 'text 3 4']
    await expect.poll(client.frames).toEqual(['text open', ...rest])
    for (const after of ['x', '9'.repeat(400), '%C3%A9%0D%0A']) {
      const { client: late } = await fed(target(), `after=${after}`)
      await expect.poll(() => late.frames().at(-1)).toBe('text 1 (missed)')
      late.socket.destroy()
    }
    client.socket.destroy()
  })

  test('a handler that throws ends its own socket alone', async () => {
    const { client, name } = await fed(target())
    const { client: other } = await fed(target())
    await publishAll(target(), `fail ${name}`, 'next')
    await expect.poll(() => client.frames().at(-1)).toBe('close 1011 ')
    await expect.poll(() => other.frames().at(-1)).toBe('text 2 next')
    expect(client.frames()).toEqual(['text open', 'close 1011 '])
    client.send(frame(close, closing(1011)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 1011, heard: 0 })
    for (const { socket } of [client, other]) socket.destroy()
  })

  test('many that are published at once come to many, each once', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => fed(target())))
    const texts = Array.from({ length: 40 }, (_, index) => String(index))
    await publishAll(target(), ...texts)
    const heard = texts.map((each, index) => `text ${index + 1} ${each}`)
    for (const { client } of clients) {
      await expect.poll(client.frames).toEqual(['text open', ...heard])
      client.socket.destroy()
    }
  })
}
