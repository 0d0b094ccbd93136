import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { frame, opcodes, type RawClient } from '../../core/test/web-sockets/client.ts'
import { fed, publishAll, topicCases } from '../../core/test/web-sockets/topic-cases.ts'
import { logOf } from './log-of.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('WebSockets in Durable Objects that a topic feeds, on workerd', () => {
  let server: TestHarness
  let port: number
  beforeAll(async () => {
    const config = {
      name: 'fed',
      main: 'web-sockets/fed.ts',
      compatibility_date: '2026-11-01',
      durable_objects: {
        bindings: [
          { name: 'FEED', class_name: 'TopicObject' },
          { name: 'WEB_SOCKETS', class_name: 'ToldObject' },
        ],
      },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['TopicObject', 'ToldObject'] }],
    }
    server = createTestHarness({ root, workers: [{ config }] })
    port = Number((await server.listen()).url.port)
  })
  afterAll(() => server.close())

  const target = () => ({ port, log: () => logOf(server) })

  topicCases(target)

  /** Which object has the socket now, and its id. */
  async function who({ send, frames }: RawClient): Promise<readonly string[]> {
    const before = frames().length
    send(frame(opcodes.text, 'who?'))
    await expect.poll(() => frames().slice(before).at(-1)).toMatch(/^text object /)
    return frames().at(-1)!.split(' ').slice(2)
  }

  test('a socket that hibernates is woken by what is published, with its state', async () => {
    const { client } = await fed(target())
    await publishAll(target(), 'a')
    await expect.poll(() => client.frames().at(-1)).toBe('text 1 a')
    const [number, id] = await who(client)
    const worker = server.getWorker('fed')
    await worker.evictDurableObject('WEB_SOCKETS', { id: id!, webSockets: 'hibernate' })
    await worker.evictDurableObject('FEED', { name: 'fed:feed', webSockets: 'hibernate' })
    await publishAll(target(), 'b')
    await expect.poll(() => client.frames().at(-1)).toBe('text 2 b')
    expect((await who(client))[0]).not.toBe(number)
    client.socket.destroy()
  })
  test('what an object could not take comes again, once, and in its place', async () => {
    const { client } = await fed(target())
    await publishAll(target(), 'fails before', 'a', 'fails after', 'b')
    const heard = ['fails before', 'a', 'fails after', 'b']
    const all = ['text open', ...heard.map((text, index) => `text ${index + 1} ${text}`)]
    await expect.poll(() => client.frames().length).toBe(all.length)
    expect(client.frames()).toEqual(all)
    client.socket.destroy()
  })
  test('who could not be told is told, though the object of the topic was lost meanwhile', async () => {
    const { client } = await fed(target())
    client.send(frame(opcodes.text, 'ill'))
    await who(client)
    await publishAll(target(), 'a')
    const worker = server.getWorker('fed')
    await worker.evictDurableObject('FEED', { name: 'fed:feed', webSockets: 'hibernate' })
    client.send(frame(opcodes.text, 'well'))
    await expect.poll(() => client.frames().at(-1)).toBe('text 1 a')
    client.socket.destroy()
  })
  test('an object that is reset ends its sockets, so that their clients come back', async () => {
    const { client } = await fed(target())
    client.send(frame(opcodes.text, 'abort'))
    await expect.poll(client.isClosed).toBe(true)
    const { client: next } = await fed(target())
    await publishAll(target(), 'a')
    await expect.poll(() => next.frames().at(-1)).toBe('text 1 a')
    next.socket.destroy()
  })
  test('what is kept no more when its object is back is told as missed', async () => {
    const { client } = await fed(target())
    client.send(frame(opcodes.text, 'ill'))
    await who(client)
    const texts = Array.from({ length: 300 }, (_, index) => String(index))
    await publishAll(target(), ...texts)
    client.send(frame(opcodes.text, 'well'))
    const heard = ['(missed)', ...texts.slice(-256)].map(
      (text, index) => `text ${index + 1} ${text}`,
    )
    await expect.poll(() => client.frames().slice(2)).toEqual(heard)
    client.socket.destroy()
  })
})
