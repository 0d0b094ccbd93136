import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { closing, frame, opcodes, type RawClient } from '../../core/test/web-sockets/client.ts'
import { statefulCases } from '../../core/test/web-sockets/stateful-cases.ts'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { line, linesOf, named } from '../../core/test/web-sockets/target.ts'

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

  const log = () =>
    server
      .getLogs()
      .map(({ message }) => message)
      .join('\n')
  const target = () => ({ port, log })
  const textsOf = ({ frames }: RawClient) => frames().filter((one) => one.startsWith('text'))
  const objects = () => linesOf(target(), 'object').length

  // First, while no other socket makes objects. The runtime lets an object go that has been idle for
  // about ten seconds, if nobody holds it.
  test('the object of a quiet socket goes, and its state stays', async () => {
    const { client, name } = await named(target(), '/count')
    const { client: busy } = await named(target(), '/count')
    const { client: small, name: smallName } = await named(target(), '/small')
    client.send(frame(text, 'replace'))
    await expect.poll(client.frames).toHaveLength(1)
    busy.send(frame(text, 'wait'))
    expect(objects()).toBe(3)
    let sent = 0
    do {
      // Pings are no reason to come back.
      for (let pings = 0; pings < 6; pings++) {
        await sleep(2_000)
        client.send(frame(ping, 'x'))
      }
      client.send(frame(text, 'after'))
      sent += 1
      await expect.poll(() => textsOf(client)).toHaveLength(1 + sent)
    } while (objects() === 3)
    expect(client.frames()).toContain('pong x')
    const rest = { ä: [null, true, -1.5, '👋'] }
    const count = 201 + sent
    expect(textsOf(client).at(-1)).toBe(`text ${JSON.stringify([count, rest, `?name=${name}`])}`)
    expect(objects()).toBe(4)
    // Whose handler is at work is not quiet.
    await expect.poll(busy.frames).toHaveLength(1)
    expect(busy.frames()[0]).toContain('[1201,null')
    expect(objects()).toBe(4)
    // The limits of its route, too.
    small.send(frame(binary, new Uint8Array(1001)))
    await expect.poll(small.frames).toEqual(['close 1009 '])
    expect(await line(target(), smallName, 'closed')).toMatchObject({ code: 1006 })
    expect(objects()).toBe(5)
    client.send(frame(close, closing(4001, 'bye')))
    expect(await line(target(), name, 'closed')).toMatchObject({ code: 4001, messages: count })
    await expect.poll(client.frames).toContain('close 4001 bye')
    for (const { socket } of [client, busy, small]) socket.destroy()
  })

  describe('a declared state', () => {
    statefulCases(target)
  })

  webSocketSuite(target, {
    checksFrames: false,
    breach: 'code',
    closesWithoutCode: true,
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
