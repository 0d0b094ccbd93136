import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { publishAll } from '../../core/test/web-sockets/topic-cases.ts'

const root = fileURLToPath(new URL('fixtures/web-sockets', import.meta.url))
const compatibility_date = '2026-11-01'

const fed = {
  name: 'fed',
  main: 'fed.ts',
  compatibility_date,
  durable_objects: {
    bindings: [
      { name: 'FEED', class_name: 'TopicObject' },
      { name: 'WEB_SOCKETS', class_name: 'ToldObject' },
    ],
  },
  migrations: [{ tag: 'v1', new_sqlite_classes: ['TopicObject', 'ToldObject'] }],
}
const crowd = {
  name: 'crowd',
  main: 'crowd.ts',
  compatibility_date,
  services: [{ binding: 'FED', service: 'fed' }],
}

/** The objects over which the sockets of a topic are spread. */
const names = Array.from({ length: 32 }, (_, index) => `fed::${index}`)
const count = 600

let server: TestHarness
let port: number
beforeAll(async () => {
  server = createTestHarness({ root, workers: [{ config: crowd }, { config: fed }] })
  port = Number((await server.listen()).url.port)
})
afterAll(() => server.close())

async function json(path: string): Promise<any> {
  return (await server.fetch(path)).json()
}

function publish(...texts: readonly string[]): Promise<readonly string[]> {
  return publishAll({ port, log: () => '' }, ...texts)
}

/** Waits until all of the crowd have heard that, and nothing else. */
async function hear(all: string): Promise<void> {
  const heard = () => json('/heard')
  await expect.poll(heard, { timeout: 60_000, interval: 200 }).toMatchObject({ [all]: count })
}

test('what is published takes a call for each object of a crowd, not for each socket', async () => {
  const left = fetch(`http://127.0.0.1:${port}/crowd?count=${count}`)
  await hear('open')
  await publish('a')
  await hear('open,1 a')
  const before = await json('/seen')
  expect(before.calls).toBe(names.length)

  const worker = server.getWorker('fed')
  const hibernate = { webSockets: 'hibernate' } as const
  for (const name of names) await worker.evictDurableObject('WEB_SOCKETS', { name, ...hibernate })
  await worker.evictDurableObject('FEED', { name: 'fed:feed', ...hibernate })
  await publish('b', 'c', 'd')
  await hear('open,1 a,2 b,3 c,4 d')
  const after = await json('/seen')
  expect(after.objects - before.objects).toBeGreaterThanOrEqual(names.length)
  expect(after.calls).toBeLessThanOrEqual(4 * names.length)

  // Who has no socket any more is told of nothing more.
  await server.fetch('/leave')
  expect((await left).status).toBe(200)
  let calls = NaN
  const told = async () => {
    const { calls: now } = await json('/seen')
    const since = now - calls
    calls = now
    await publish('e')
    return since
  }
  await expect.poll(told, { timeout: 60_000, interval: 500 }).toBe(0)
})
