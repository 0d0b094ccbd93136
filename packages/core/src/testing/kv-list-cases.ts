import type { Kv } from '../resources/kv-handle.ts'
import { freshPrefix, pagesOf, refused, same, type KvCase } from './kv-assert.ts'

/** Keys that sort differently by UTF-16 units, by locale and by bytes of UTF-8; here by bytes. */
const inByteOrder = [
  '\u0000',
  ' ',
  '!',
  '0',
  '10',
  '2',
  'A',
  'Z',
  '_',
  'a',
  'a\u0000',
  'a/',
  'a/b',
  'aa',
  'b',
  'z',
  '~',
  '\u007F',
  'é',
  'ÿ',
  'Ω',
  '日',
  '\uE000',
  '\uFEFF',
  '\uFF21',
  '\uFFFF',
  '\u{10000}',
  '\u{1F600}',
  '\u{10FFFF}',
]

async function putAll(kv: Kv, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => kv.put(key, 'v')))
}

async function deleteAll(kv: Kv, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => kv.delete(key)))
}

/** What `list` does on every driver. */
export const listCases: readonly KvCase[] = [
  {
    name: 'lists in the order of UTF-8 bytes, on one page and on many',
    run: async (kv) => {
      const prefix = freshPrefix()
      const keys = inByteOrder.map((key) => prefix + key)
      await putAll(kv, keys.toReversed())
      same((await pagesOf(kv, { prefix })).flat(), keys, 'with the usual limit')
      same((await pagesOf(kv, { prefix, limit: 3 })).flat(), keys, 'with limit 3')
      await deleteAll(kv, keys)
    },
  },
  {
    name: 'lists only what starts with the prefix, whatever it holds',
    run: async (kv) => {
      const base = freshPrefix()
      const marks = [
        '%',
        '_',
        '*',
        '?',
        '[',
        ']',
        '[a-z]',
        '\\',
        '\\%',
        '.',
        '^',
        '(',
        '{',
        '}',
        '$',
      ]
      const others = [
        "'",
        '"',
        ';',
        ':',
        '-',
        '+',
        '\u0000',
        '\u007F',
        '\u{10FFFF}',
        '\uFFFF',
        '😀',
      ]
      const prefixes = [...marks, ...others].map((each) => base + each)
      const near = ['', 'a', 'x/a'].map((each) => base + each)
      const further = `further/${base}x`
      await putAll(kv, [
        further,
        ...near,
        ...prefixes.flatMap((each) => [each, `${each}/1`, `${each}/2`]),
      ])
      for (const prefix of prefixes.map((each) => `${each}/`)) {
        same((await pagesOf(kv, { prefix })).flat(), [`${prefix}1`, `${prefix}2`], prefix)
      }
      same((await pagesOf(kv, { prefix: `${base}x` })).flat(), [`${base}x/a`], 'x')
      same((await pagesOf(kv, { prefix: base.toUpperCase() })).flat(), [], 'in capitals')
      same((await pagesOf(kv, { prefix: base + 'é'.repeat(400) })).flat(), [], 'a very long one')
      const all = (await pagesOf(kv, { prefix: base })).flat()
      same(all.length, near.length + 3 * prefixes.length, 'all of them')
      await deleteAll(kv, [further, ...all])
    },
  },
  {
    name: 'lists without a prefix too',
    run: async (kv) => {
      const prefix = freshPrefix()
      await putAll(kv, [`${prefix}a`, `${prefix}b`])
      const mine = (await pagesOf(kv, {})).flat().filter((key) => key.startsWith(prefix))
      same(mine, [`${prefix}a`, `${prefix}b`], 'among all keys')
      await deleteAll(kv, mine)
    },
  },
  {
    name: 'pages through everything, once each, with any limit',
    run: async (kv) => {
      const prefix = freshPrefix()
      const keys = Array.from({ length: 30 }, (_, i) => `${prefix}${String(i).padStart(2, '0')}`)
      await putAll(kv, keys)
      for (const limit of [1, 7, 15, 29, 30, 31, 1000]) {
        const pages = await pagesOf(kv, { prefix, limit })
        same(pages.flat(), keys, `with limit ${limit}`)
        const longest = Math.max(...pages.map((page) => page.length))
        same(longest <= limit, true, `no page over limit ${limit}`)
      }
      await deleteAll(kv, keys)
      same(await pagesOf(kv, { prefix }), [[]], 'when there is nothing')
    },
  },
  {
    name: 'lists at most 1000 keys on a page',
    run: async (kv) => {
      const prefix = freshPrefix()
      const keys = Array.from({ length: 1005 }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`)
      for (let i = 0; i < keys.length; i += 201) await putAll(kv, keys.slice(i, i + 201))
      const pages = await pagesOf(kv, { prefix })
      same(pages.flat(), keys, 'all pages')
      same(Math.max(...pages.map((page) => page.length)) <= 1000, true, 'no page over 1000')
      for (let i = 0; i < keys.length; i += 201) await deleteAll(kv, keys.slice(i, i + 201))
    },
  },
  {
    name: 'goes on listing while what was listed is deleted',
    run: async (kv) => {
      const prefix = freshPrefix()
      const keys = Array.from({ length: 25 }, (_, i) => `${prefix}${String(i).padStart(2, '0')}`)
      await putAll(kv, keys)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await kv.list({ prefix, limit: 4, ...(cursor !== undefined && { cursor }) })
        seen.push(...page.keys)
        await deleteAll(kv, page.keys)
        cursor = page.cursor
      } while (cursor !== undefined)
      same(seen, keys, 'what was listed')
      same(await pagesOf(kv, { prefix }), [[]], 'what is left')
    },
  },
  {
    name: 'refuses a cursor that is not its own',
    run: async (kv) => {
      for (const cursor of ['', 'x', 'not a cursor', '%', 'k', 'k%E0%A4%A', '0', '🦀']) {
        await refused('MOORING_E_KV_CURSOR', () => kv.list({ cursor }), JSON.stringify(cursor))
      }
    },
  },
  {
    name: 'refuses a limit outside 1–1000',
    run: async (kv) => {
      for (const limit of [0, -1, 1.5, NaN, 1001, Infinity, '10' as unknown as number]) {
        await refused('MOORING_E_KV_OPTION', () => kv.list({ limit }), `limit ${limit}`)
      }
    },
  },
]
