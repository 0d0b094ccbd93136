import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import type { CountingKv } from '@mooring/core'
import type { Opened } from '@mooring/core/adapter'
import { atomicKvCases, countingKvCases, kvCases } from '@mooring/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRedisKv } from '../../port-bound/src/kv/kv-redis.ts'
import { attachmentOf } from './kv-attachment.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'

const allCases = [...kvCases, ...atomicKvCases, ...countingKvCases]
const secret = 's3cr€t/:@'

let opened: Opened<CountingKv>[] = []
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close?.()))
  opened = []
})

async function openUrl(url: string, app?: string, resource?: string): Promise<CountingKv> {
  const store = await openRedisKv(attachmentOf(url, app, resource))
  opened.push(store)
  return store.handle
}

describe.runIf(hasRedis())('a store in Redis', () => {
  let plain: RedisServer
  let secured: RedisServer
  beforeAll(async () => {
    const servers = [startRedis(), startRedis({ password: secret, tls: true })] as const
    ;[plain, secured] = await Promise.all(servers)
    return () => Promise.all([plain.remove(), secured.remove()])
  })

  describe.each(['redis', 'rediss with a password'])('by %s', (kind) => {
    let kv: CountingKv
    let close: (() => Promise<void>) | undefined
    beforeAll(async () => {
      if (kind !== 'redis') {
        const usual = tls.getCACertificates('default')
        tls.setDefaultCACertificates([...usual, secured.certificate])
      }
      const url =
        kind === 'redis'
          ? `redis://127.0.0.1:${plain.port}/3`
          : `rediss://:${encodeURIComponent(secret)}@localhost:${secured.port}`
      ;({ handle: kv, close } = await openRedisKv(attachmentOf(url)))
    })
    afterAll(() => close?.())

    test.each(allCases)('$name', ({ run }) => run(kv))
  })

  describe('that others share', () => {
    const url = () => `redis://127.0.0.1:${plain.port}/4`

    test('has its own keys', async () => {
      const stores = await Promise.all([
        openUrl(url(), 'a', 'b'),
        openUrl(url(), 'a:b', 'b'),
        openUrl(url(), 'a', 'b:b'),
        openUrl(url(), 'a', 'c'),
      ])
      await Promise.all(stores.map((kv, i) => kv.put('key', String(i))))
      const seen = await Promise.all(
        stores.map(async (kv) => [await kv.get('key'), await kv.list()]),
      )
      expect(seen).toEqual(stores.map((_, i) => [String(i), { keys: ['key'] }]))
    })

    test('keeps all its keys in one slot of a cluster', async () => {
      const kv = await openUrl(url(), 'one', 'slot')
      await Promise.all(['a', 'b', '{c}'].map((key) => kv.put(key, 'v', { ttlMs: 60_000 })))
      const keys = (await plain.command('-n', '4', 'KEYS', 'mooring:{one:slot}:*')).split('\n')
      expect(keys.toSorted()).toEqual(
        ['ends', 'keys', 'value:a', 'value:b', 'value:{c}'].map(
          (key) => `mooring:{one:slot}:${key}`,
        ),
      )
      const slots = keys.map((key) => plain.command('CLUSTER', 'KEYSLOT', key))
      expect(new Set(await Promise.all(slots)).size).toBe(1)
    })

    test('decides increment and putIfAbsent for all its processes', async () => {
      const stores = await Promise.all([1, 2, 3].map(() => openUrl(url(), 'many', 'processes')))
      const increments = stores.flatMap((kv) => Array.from({ length: 50 }, () => kv.increment('n')))
      expect(new Set(await Promise.all(increments)).size).toBe(150)
      const tries = stores.flatMap((kv) => [kv.putIfAbsent('k', 'v'), kv.putIfAbsent('k', 'v')])
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    })

    test('forgets expired keys in its index too, also those that nobody asks for', async () => {
      const kv = await openUrl(url(), 'index', 'sweep')
      const short = Array.from({ length: 100 }, (_, i) => kv.put(`short ${i}`, 'v', { ttlMs: 20 }))
      await Promise.all(short)
      await sleep(50)
      // More are expired than one write takes along: it is listed all the same.
      expect(await kv.increment('short 99')).toBe(1)
      expect((await kv.list()).keys).toEqual(['short 99'])
      await kv.delete('short 99')
      for (let i = 0; i < 20; i++) await kv.put('other', String(i))
      const count = (set: string) =>
        plain.command('-n', '4', 'ZCARD', `mooring:{index:sweep}:${set}`)
      expect([await count('keys'), await count('ends')]).toEqual(['1', '0'])
    })
  })
})
