import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { kvCases } from '@mooring/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { indexed } from '../../core/test/cases.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('a store in Workers KV, on workerd', () => {
  let server: TestHarness
  beforeAll(async () => {
    server = createTestHarness({ root, workers: [{ configPath: 'kv/wrangler.jsonc' }] })
    await server.listen()
  })
  afterAll(() => server.close())

  const ask = (path: string, method = 'GET') => server.fetch(path, { method })

  test.each(indexed(kvCases))('$name', async ({ index }) => {
    expect(await (await ask(`/cases/${index}`)).text()).toBe('passed')
  })

  test('says that it is not atomic', async () => {
    expect(await (await ask('/atomic')).json()).toBe(false)
  })

  test('keeps a life below 60 s by a mark, since KV itself would not end it before', async () => {
    const before = Date.now()
    await ask('/entries/short?ttlMs=500', 'PUT')
    const { keys } = (await (await ask('/raw/short')).json()) as {
      keys: { expiration: number; metadata: { expiresAtMs: number } }[]
    }
    const [entry] = keys
    const after = Date.now()
    expect(entry!.expiration).toBeGreaterThanOrEqual(Math.floor(before / 1000) + 60)
    expect(entry!.metadata.expiresAtMs).toBeGreaterThanOrEqual(before + 500)
    expect(entry!.metadata.expiresAtMs).toBeLessThanOrEqual(after + 500)
    await sleep(600)
    expect(await (await ask('/entries/short')).json()).toBeNull()
    expect(await (await ask('/raw/short')).json()).toMatchObject({ keys: [{ name: 'short' }] })
  })

  test('lets KV itself end a life of 60 s and more', async () => {
    const before = Math.floor(Date.now() / 1000)
    await ask('/entries/long?ttlMs=90001', 'PUT')
    const { keys } = (await (await ask('/raw/long')).json()) as { keys: { expiration: number }[] }
    const after = Math.ceil(Date.now() / 1000)
    expect(keys[0]!.expiration).toBeGreaterThanOrEqual(before + 91)
    expect(keys[0]!.expiration).toBeLessThanOrEqual(after + 91)
    expect(await (await ask('/entries/long')).json()).toBe('value')
  })

  test('marks nothing that has no end', async () => {
    await ask('/entries/for-ever', 'PUT')
    const { keys } = (await (await ask('/raw/for-ever')).json()) as { keys: object[] }
    expect(keys).toEqual([{ name: 'for-ever' }])
  })
})
