import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { closing, frame, opcodes, type RawClient } from '../../core/test/web-sockets/client.ts'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { line, named } from '../../core/test/web-sockets/target.ts'
import { logOf } from './log-of.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))
const { text, binary, ping, close } = opcodes

describe('in Durable Objects, on workerd', () => {
  let server: TestHarness
  let port: number
  beforeAll(async () => {
    const config = {
      name: 'web-sockets',
      main: 'web-sockets/hibernating.ts',
      compatibility_date: '2026-11-01',
      durable_objects: { bindings: [{ name: 'WEB_SOCKETS', class_name: 'ToldObject' }] },
      migrations: [{ tag: 'v1', new_sqlite_classes: ['ToldObject'] }],
    }
    server = createTestHarness({ root, workers: [{ config }] })
    port = Number((await server.listen()).url.port)
  })
  afterAll(() => server.close())

  const log = () => logOf(server)
  const target = () => ({ port, log })
  /** Which object has the socket now. */
  async function who({ send, frames }: RawClient): Promise<string> {
    const before = frames().length
    send(frame(text, 'who?'))
    const answer = () =>
      frames()
        .slice(before)
        .find((each) => each.startsWith('text object'))
    await expect.poll(answer).toBeDefined()
    return answer()!
  }

  // The runtime lets an object go that has been idle for about ten seconds.
  test('the object of a quiet socket goes, and its state stays', async () => {
    const { client, name } = await named(target(), '/count')
    const { client: busy } = await named(target(), '/count')
    const { client: small, name: smallName } = await named(target(), '/small')
    client.send(frame(text, 'replace'))
    const rest = { ä: [null, true, -1.5, '👋'] }
    const answer = (count: number) => `text ${JSON.stringify([count, rest, `?name=${name}`])}`
    await expect.poll(client.frames).toEqual([answer(201)])
    const [object, smallObject] = [await who(client), await who(small)]
    // Whose handler is at work is not quiet.
    busy.send(frame(text, 'wait'))
    do {
      for (let pings = 0; pings < 6; pings++) {
        await sleep(2_000)
        // No reason to come back: the runtime answers.
        client.send(frame(ping, 'x'))
      }
    } while ((await who(client)) === object)
    expect(client.frames()).toContain('pong x')
    client.send(frame(text, 'after'))
    await expect.poll(() => client.frames().at(-1)).toBe(answer(202))
    await expect.poll(busy.frames).toHaveLength(1)
    expect(busy.frames()[0]).toContain('[1201,null')
    // The limits of its route, too.
    expect(await who(small)).not.toBe(smallObject)
    small.send(frame(binary, new Uint8Array(1001)))
    await expect.poll(() => small.frames().at(-1)).toBe('close 1009 ')
    expect(await line(target(), smallName, 'closed')).toMatchObject({ code: 1006 })
    client.send(frame(close, closing(4001, 'bye')))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 4001, messages: 202 })
    await expect.poll(client.frames).toContain('close 4001 bye')
    for (const { socket } of [client, busy, small]) socket.destroy()
  })

  describe('a declared state', () => {
    statefulCases(target)
  })

  webSocketSuite(target, {
    checksFrames: false,
    breach: 'code',
    ignoresOtherUpgrades: true,
    checksUtf8: false,
    showsKey: false,
    namesUpgrade: false,
  })
})

test('without the objects the app does not start, and the log has the lines to add', async () => {
  const config = {
    name: 'web-sockets',
    main: 'web-sockets/hibernating.ts',
    compatibility_date: '2026-11-01',
  }
  const server = createTestHarness({ root, workers: [{ config }] })
  try {
    await server.listen()
    expect((await server.fetch('/plain')).status).toBe(500)
    const log = JSON.stringify(server.getLogs())
    expect(log).toContain('WEB_SOCKETS (not bound)')
    expect(log).toContain('new_sqlite_classes')
  } finally {
    await server.close()
  }
})
