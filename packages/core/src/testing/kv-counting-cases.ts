import type { CountingKv } from '../resources/kv-handle.ts'
import {
  afterBriefMs,
  briefMs,
  freshPrefix,
  pagesOf,
  refused,
  same,
  sleep,
  type KvCase,
} from './kv-assert.ts'

/** What a store does besides that can count. */
export const countingKvCases: readonly KvCase<CountingKv>[] = [
  {
    name: 'counts from 0, by any whole number',
    run: async (kv) => {
      const key = freshPrefix()
      same(await kv.increment(key), 1, 'the first')
      same(await kv.increment(key, 41), 42, 'by 41')
      same(await kv.increment(key, -50), -8, 'by -50')
      same(await kv.increment(key, 0), -8, 'by 0')
      same(await kv.increment(key, 8), 0, 'to 0')
      same(await kv.get(key), '0', 'the value')
      await kv.put(key, '7')
      same(await kv.increment(key), 8, 'from a value that was put')
      await kv.delete(key)
      same(await kv.increment(key), 1, 'after a delete')
      same((await pagesOf(kv, { prefix: key })).flat(), [key], 'the list')
      await kv.delete(key)
    },
  },
  {
    name: 'loses none of 100 concurrent increments',
    run: async (kv) => {
      const key = freshPrefix()
      const sums = await Promise.all(Array.from({ length: 100 }, () => kv.increment(key)))
      same(new Set(sums).size, 100, 'different results')
      same(await kv.get(key), '100', 'the value')
      await kv.delete(key)
    },
  },
  {
    name: 'leaves the life of a counter as it was put',
    run: async (kv) => {
      const prefix = freshPrefix()
      for (const each of ['short', 'other']) {
        await kv.put(prefix + each, '1', { ttlMs: briefMs })
        await kv.increment(prefix + each)
      }
      await kv.increment(`${prefix}for ever`)
      await sleep(afterBriefMs)
      same(await kv.get(`${prefix}short`), undefined, 'the short one')
      same(await kv.get(`${prefix}for ever`), '1', 'the one that was not put')
      same(await kv.increment(`${prefix}other`), 1, 'the other short one, counted anew')
      await sleep(afterBriefMs)
      same(await kv.get(`${prefix}other`), '1', 'which has no end')
      for (const each of ['other', 'for ever']) await kv.delete(prefix + each)
    },
  },
  {
    name: 'refuses to count on from anything but a whole number, and leaves it',
    run: async (kv) => {
      const key = freshPrefix()
      for (const value of ['', ' 1', '1 ', '+1', '01', '-0', '1.5', '1e3', '0x10', 'one', '١']) {
        await kv.put(key, value)
        await refused('MOORING_E_KV_NOT_A_NUMBER', () => kv.increment(key), JSON.stringify(value))
        same(await kv.get(key), value, 'the value')
      }
      await kv.delete(key)
    },
  },
  {
    name: 'fails a refused increment alone among others of the same moment',
    run: async (kv) => {
      const prefix = freshPrefix()
      await kv.put(`${prefix}text`, 'text')
      const [before, wrong, after] = await Promise.allSettled([
        kv.increment(`${prefix}a`),
        kv.increment(`${prefix}text`),
        kv.put(`${prefix}b`, 'put'),
      ])
      same(
        [before.status, wrong.status, after.status],
        ['fulfilled', 'rejected', 'fulfilled'],
        'how',
      )
      same(await kv.get(`${prefix}a`), '1', 'the one before')
      same(await kv.get(`${prefix}b`), 'put', 'the one after')
      for (const each of ['text', 'a', 'b']) await kv.delete(prefix + each)
    },
  },
  {
    name: 'refuses to leave the safe integers, and leaves the counter',
    run: async (kv) => {
      const key = freshPrefix()
      const most = Number.MAX_SAFE_INTEGER
      for (const sign of [1, -1]) {
        await kv.put(key, String(sign * (most - 1)))
        same(await kv.increment(key, sign), sign * most, 'up to the last')
        for (const by of [1, 2, most]) {
          await refused('MOORING_E_KV_OVERFLOW', () => kv.increment(key, sign * by), `by ${by}`)
        }
        same(await kv.get(key), String(sign * most), 'the value')
      }
      await kv.put(key, '9007199254740993')
      await refused('MOORING_E_KV_OVERFLOW', () => kv.increment(key, -1), 'from beyond')
      await kv.delete(key)
      for (const by of [0.5, NaN, Infinity, most + 1, '1' as unknown as number]) {
        await refused('MOORING_E_KV_OPTION', () => kv.increment(key, by), `by ${by}`)
      }
      same(await kv.get(key), undefined, 'after the refusals')
    },
  },
]
