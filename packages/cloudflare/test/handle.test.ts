import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { handle } from '../src/index.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))
const worker = (name: string) => ({ configPath: `${name}/wrangler.jsonc` })

describe('on workerd', () => {
  let server: TestHarness
  beforeAll(async () => {
    server = createTestHarness({ root, workers: [worker('app'), worker('echo')] })
    await server.listen()
  })
  afterAll(() => server.close())

  test('the config is read at the first event, and c.env is the Worker’s', async () => {
    expect(await (await server.fetch('/')).text()).toBe('hello hello undefined')
  })

  test('the portable functions answer', async () => {
    const headers = { 'cf-connecting-ip': '192.0.2.7', 'x-request-id': 'id-1' }
    const response = await server.fetch('/facts', { headers })
    expect(await response.json()).toMatchObject({ id: 'id-1', draining: false })
    expect(response.headers.get('x-request-id')).toBe('id-1')
  })

  test('the drain signal never aborts, and no request listens to that of another', async () => {
    for (const _ of [1, 2]) {
      expect(await (await server.fetch('/stream')).text()).toBe('its own and whole')
    }
  })

  test('logs are JSON lines with the request’s id', async () => {
    await server.fetch('/log', { headers: { 'x-request-id': 'id-2' } })
    const line = () => server.getLogs().find(({ message }) => message.includes('"id-2"'))
    await expect.poll(line).toMatchObject({ level: 'warn' })
    expect(JSON.parse(line()!.message)).toMatchObject({ level: 'warn', message: 'asked', n: 1 })
  })

  test('background work goes on after the response', async () => {
    expect((await server.fetch('/later/key', { method: 'POST' })).status).toBe(202)
    await expect.poll(async () => (await server.fetch('/store/key')).text()).toBe('done')
  })

  test('a service binding gets path, query and request id, and has its time-out', async () => {
    const response = await server.fetch('/other/a/b?c=d', { headers: { 'x-request-id': 'id-3' } })
    expect(await response.json()).toEqual(['/a/b?c=d', 'id-3'])
    const slow = await server.fetch('/other/slow')
    expect(await slow.json()).toEqual({ code: 'MOORING_E_SERVICE_TIMEOUT' })
  })

  test('a cron trigger runs the schedule', async () => {
    const scheduledTime = new Date('2026-01-02T03:00:00Z')
    await server.getWorker('fixture').scheduled({ cron: '0 * * * *', scheduledTime })
    expect(await (await server.fetch('/store/swept')).text()).toBe('2026-01-02T03:00:00.000Z')
  })
})

test('bad configuration: a bare 500 for the client, every reason in the log, no secret', async () => {
  const config = {
    name: 'broken',
    main: 'app/worker.ts',
    compatibility_date: '2026-11-01',
    vars: { GREETING: 'hi', API_TOKEN: 's3cret' },
    kv_namespaces: [{ binding: 'OTHER', id: 'x' }],
  }
  const server = createTestHarness({ root, workers: [{ config }] })
  await server.listen()
  const response = await server.fetch('/')
  expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
  const logged = () =>
    server
      .getLogs()
      .map(({ message }) => message)
      .join('\n')
  await expect.poll(logged).toContain('MOORING_E_CONFIG')
  expect(logged()).toMatch(/4 problems/)
  expect(logged()).toMatch(/GREETING.*API_TOKEN \(set, not shown\).*STORE \(not bound\).*OTHER/s)
  for (const text of [
    'The kv resource "store" (STORE_URL port-bound, binding STORE injected) is not attached.',
    'Bind a KV namespace as "STORE" under "kv_namespaces" in wrangler.jsonc.',
    'The service resource "other" (OTHER_URL port-bound, binding OTHER injected) needs a service binding.',
    'Bind a Worker as "OTHER" under "services" in wrangler.jsonc.',
  ]) {
    // The log is JSON.
    expect(logged()).toContain(JSON.stringify(text).slice(1, -1))
  }
  expect(logged()).not.toContain('s3cret')
  await server.close()
})

test('a bare Hono app is exported as it is', async () => {
  const server = createTestHarness({ root, workers: [worker('bare')] })
  await server.listen()
  expect(await (await server.fetch('/')).text()).toBe('value')
  expect(await (await server.fetch('/address')).text()).toMatch(/^[\d.:a-f]+$/)
  await server.close()
})

test('what is not an app is refused at load', () => {
  const forgotten: unknown = {}
  expect(() => handle(forgotten as Parameters<typeof handle>[0])).toThrow(/Expected an app/)
})
