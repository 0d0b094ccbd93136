import {
  afterBriefMs,
  afterShortMs,
  briefMs,
  freshPrefix,
  pagesOf,
  refused,
  same,
  shortMs,
  sleep,
  type KvCase,
} from './kv-assert.ts'
import { listCases } from './kv-list-cases.ts'

/** As many bytes of UTF-8 as it says. */
const keyOf = (bytes: number): string => 'é'.repeat(bytes / 2) + 'x'.repeat(bytes % 2)

const texts: Readonly<Record<string, string>> = {
  empty: '',
  spaces: ' \t\r\n ',
  accents: 'Zoë – naïve – Ångström',
  'other scripts': '日本語 العربية עברית हिन्दी',
  emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 😀',
  'a NUL': 'before\0after',
  'a byte order mark': '\uFEFFafter',
  'both forms of é': '\u00E9 e\u0301',
  'the last code point': '\u{10FFFF}\uFFFF',
  JSON: '{"a":[1,"\\u0000",null]}',
}

/** What every driver does. */
export const kvCases: readonly KvCase[] = [
  {
    name: 'gives back what was put, until it is deleted',
    run: async (kv) => {
      const key = freshPrefix()
      same(await kv.get(key), undefined, 'before the put')
      await kv.put(key, 'one')
      same(await kv.get(key), 'one', 'after the put')
      await kv.put(key, 'two')
      same(await kv.get(key), 'two', 'after the second put')
      await kv.delete(key)
      same(await kv.get(key), undefined, 'after the delete')
    },
  },
  {
    name: 'deletes a key that is not there without an error',
    run: async (kv) => same(await kv.delete(freshPrefix()), undefined, 'the delete'),
  },
  {
    name: 'keeps any text as a value',
    run: async (kv) => {
      for (const [name, text] of Object.entries(texts)) {
        const key = freshPrefix()
        await kv.put(key, text)
        same(await kv.get(key), text, name)
        await kv.delete(key)
      }
    },
  },
  {
    name: 'keeps any text as a key, apart from its like',
    run: async (kv) => {
      const prefix = freshPrefix()
      for (const [name, text] of Object.entries(texts)) await kv.put(prefix + text, name)
      for (const [name, text] of Object.entries(texts))
        same(await kv.get(prefix + text), name, name)
      const listed = (await pagesOf(kv, { prefix })).flat()
      const put = Object.values(texts).map((text) => prefix + text)
      same(listed.toSorted(), put.toSorted(), 'the list')
      for (const text of Object.values(texts)) await kv.delete(prefix + text)
      same((await pagesOf(kv, { prefix })).flat(), [], 'after deleting them')
    },
  },
  {
    name: 'keeps a value of 1 MiB',
    run: async (kv) => {
      const key = freshPrefix()
      const value = 'naïve 😀 '.repeat(1024 * 1024).slice(0, 1024 * 1024)
      await kv.put(key, value)
      same((await kv.get(key)) === value, true, 'the same value')
      await kv.delete(key)
    },
  },
  {
    name: 'takes keys of 1 to 512 bytes, and not "." or ".."',
    run: async (kv) => {
      const prefix = freshPrefix()
      const longest = prefix + keyOf(512 - prefix.length)
      await kv.put(longest, 'longest')
      same(await kv.get(longest), 'longest', '512 bytes')
      same((await pagesOf(kv, { prefix: longest })).flat(), [longest], 'its list')
      await kv.delete(longest)
      const bad = ['', '.', '..', `${longest}x`, keyOf(513), '\uD83D', 7 as unknown as string]
      for (const key of bad) {
        const what = `the key ${JSON.stringify(key).slice(0, 20)}`
        await refused('MOORING_E_KV_KEY', () => kv.get(key), `get of ${what}`)
        await refused('MOORING_E_KV_KEY', () => kv.put(key, 'v'), `put of ${what}`)
        await refused('MOORING_E_KV_KEY', () => kv.putIfAbsent(key, 'v'), `putIfAbsent of ${what}`)
        await refused('MOORING_E_KV_KEY', () => kv.delete(key), `delete of ${what}`)
      }
    },
  },
  {
    name: 'refuses a value that is no text or over 25 MiB',
    run: async (kv) => {
      const key = freshPrefix()
      const values = [undefined, null, 7, {}, 'half \uDE00', 'é'.repeat(12.5 * 1024 * 1024) + 'x']
      for (const value of values as string[]) {
        const what = `of ${typeof value}`
        await refused('MOORING_E_KV_VALUE', () => kv.put(key, value), `put ${what}`)
        await refused('MOORING_E_KV_VALUE', () => kv.putIfAbsent(key, value), `putIfAbsent ${what}`)
      }
      same(await kv.get(key), undefined, 'after the refusals')
    },
  },
  {
    name: 'forgets an entry when its life is over, to the millisecond',
    run: async (kv) => {
      const prefix = freshPrefix()
      await kv.put(`${prefix}a`, 'short', { ttlMs: shortMs })
      await kv.put(`${prefix}b`, 'long', { ttlMs: 3_600_000 })
      await kv.put(`${prefix}c`, 'for ever')
      await sleep(afterShortMs)
      same((await pagesOf(kv, { prefix })).flat(), [`${prefix}b`, `${prefix}c`], 'the list')
      same(await kv.get(`${prefix}a`), undefined, 'the short one')
      same(await kv.get(`${prefix}b`), 'long', 'the long one')
      await kv.put(`${prefix}a`, 'again')
      same((await pagesOf(kv, { prefix })).flat().length, 3, 'the list after another put')
      for (const each of 'abc') await kv.delete(prefix + each)
    },
  },
  {
    name: 'keeps an entry whose last put gave it no end',
    run: async (kv) => {
      const prefix = freshPrefix()
      await kv.put(`${prefix}a`, 'one', { ttlMs: shortMs })
      await kv.put(`${prefix}a`, 'two')
      await kv.put(`${prefix}b`, 'one', { ttlMs: shortMs })
      await kv.delete(`${prefix}b`)
      await kv.put(`${prefix}b`, 'two')
      await sleep(afterShortMs)
      same(await kv.get(`${prefix}a`), 'two', 'put again')
      same(await kv.get(`${prefix}b`), 'two', 'deleted and put again')
      same((await pagesOf(kv, { prefix })).flat(), [`${prefix}a`, `${prefix}b`], 'the list')
      for (const each of 'ab') await kv.delete(prefix + each)
    },
  },
  {
    name: 'refuses a life that is no whole number of milliseconds from 1 up',
    run: async (kv) => {
      const key = freshPrefix()
      for (const ttlMs of [0, -1, 1.5, NaN, Infinity, 2 ** 53, '60' as unknown as number]) {
        await refused('MOORING_E_KV_OPTION', () => kv.put(key, 'v', { ttlMs }), `put, ${ttlMs}`)
        const ifAbsent = () => kv.putIfAbsent(key, 'v', { ttlMs })
        await refused('MOORING_E_KV_OPTION', ifAbsent, `putIfAbsent, ${ttlMs}`)
      }
      same(await kv.get(key), undefined, 'after the refusals')
    },
  },
  {
    name: 'puts if absent, and only then',
    run: async (kv) => {
      const key = freshPrefix()
      same(await kv.putIfAbsent(key, 'one'), true, 'the first')
      same(await kv.putIfAbsent(key, 'two'), false, 'the second')
      same(await kv.get(key), 'one', 'the value')
      await kv.delete(key)
      same(await kv.putIfAbsent(key, 'three', { ttlMs: briefMs }), true, 'after a delete')
      same(await kv.putIfAbsent(key, 'four', { ttlMs: 3_600_000 }), false, 'while it lives')
      await sleep(afterBriefMs)
      same(await kv.putIfAbsent(key, 'five'), true, 'when its life is over')
      await sleep(afterBriefMs)
      same(await kv.get(key), 'five', 'the value, which has no end')
      await kv.delete(key)
    },
  },
  ...listCases,
]

/** What a store does besides where its `atomic` is true. */
export const atomicKvCases: readonly KvCase[] = [
  {
    name: 'says that it is atomic, and lets exactly one of 50 concurrent putIfAbsent win',
    run: async (kv) => {
      same(kv.atomic, true, 'atomic')
      const key = freshPrefix()
      const tries = Array.from({ length: 50 }, (_, i) => kv.putIfAbsent(key, String(i)))
      const won = (await Promise.all(tries)).flatMap((did, i) => (did ? [String(i)] : []))
      same(won.length, 1, 'winners')
      same(await kv.get(key), won[0], 'the value')
      await kv.delete(key)
    },
  },
]
