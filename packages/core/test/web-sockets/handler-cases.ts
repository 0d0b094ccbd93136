import { expect, test } from 'vitest'
import { closing, frame, opcodes } from './client.ts'
import { line, linesOf, named, type WebSocketTarget } from './target.ts'

const { text, close, binary } = opcodes

export function handlerCases(target: () => WebSocketTarget): void {
  test.each(['throw', 'reject'])('one that does %s is logged, 1011, and no more', async (how) => {
    const { client, name } = await named(target())
    const before = target().log().length
    client.send(frame(text, `{"do":"${how}"}`), frame(text, 'never handled'))
    await expect.poll(client.frames).toEqual(['close 1011 '])
    client.send(frame(close, closing(1011)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 1011, wasClean: true })
    expect(linesOf(target(), name).map(({ message }) => message)).toEqual(['opened', 'closed'])
    const failure = target()
      .log()
      .slice(before)
      .split('\n')
      .find((entry) => entry.includes('a WebSocket handler failed'))
    expect(JSON.parse(failure!)).toMatchObject({
      level: 'error',
      path: '/ws',
      error: { message: expect.stringMatching(/^(thrown|rejected) on purpose$/) },
    })
    const { client: next } = await named(target())
    next.send(frame(text, 'the process lives'))
    await expect.poll(next.frames).toEqual(['text the process lives'])
    next.socket.destroy()
  })

  test('an onOpen that fails closes with 1011, and onClose is called', async () => {
    const { client, name } = await named(target(), '/open-fails')
    await expect.poll(client.frames).toEqual(['close 1011 '])
    client.send(frame(close, closing(1011)))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 1011 })
  })

  test('run one after the other, onClose last', async () => {
    const { client, name } = await named(target())
    const sleeping = (task: string, ms: number) =>
      frame(text, JSON.stringify({ do: 'sleep', name: task, ms }))
    client.send(sleeping('one', 300), sleeping('two', 1), frame(text, 'three'), frame(close))
    const closed = await line(target(), name, 'closed')
    expect(closed).toMatchObject({ code: 1005, readyState: 3 })
    const order = linesOf(target(), name).map(({ message, task }) =>
      [message, task ?? ''].join(' '),
    )
    expect(order).toEqual([
      'opened ',
      'begun one',
      'done one',
      'begun two',
      'done two',
      'message ',
      'closed ',
    ])
    client.socket.destroy()
  })

  test('a ping is answered while a handler is at work', async () => {
    const { client } = await named(target())
    client.send(frame(text, '{"do":"stuck"}'), frame(opcodes.ping, 'x'))
    await expect.poll(client.frames).toEqual(['pong x'])
    client.socket.destroy()
  })

  test('sockets do not wait for each other', async () => {
    const { client: stuck } = await named(target())
    stuck.send(frame(text, '{"do":"stuck"}'))
    const { client } = await named(target())
    client.send(frame(binary, 'abc'))
    await expect.poll(client.frames).toEqual(['binary 3'])
    stuck.socket.destroy()
    client.socket.destroy()
  })

  test('a client that does not read is cut off, and the handler is told', async () => {
    const { client, name } = await named(target(), '/impatient')
    client.socket.pause()
    client.send(frame(text, '{"do":"flood"}'))
    const closed = await line(target(), name, 'closed')
    expect(closed).toMatchObject({ code: 1006, wasClean: false })
    expect(await line(target(), name, 'flooded')).toMatchObject({ readyState: 3 })
    expect(target().log()).toContain('a WebSocket client does not read')
    client.socket.destroy()
  })
}
