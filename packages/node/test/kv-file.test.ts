import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CountingKv } from '@mooring/core'
import type { Opened } from '@mooring/core/adapter'
import { atomicKvCases, countingKvCases, kvCases } from '@mooring/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openFileKv } from '../../port-bound/src/kv/kv-file.ts'
import { attachmentOf, errorOf, node, temporaryFolder } from './kv-attachment.ts'

const run = promisify(execFile)
const counter = fileURLToPath(new URL('./fixtures/kv-counter.ts', import.meta.url))

let folder: string
let opened: Opened<CountingKv>[] = []

beforeAll(async () => {
  const { path, remove } = await temporaryFolder()
  folder = path
  return remove
})

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close?.()))
  opened = []
})

async function openUrl(url: string, app?: string, resource?: string): Promise<CountingKv> {
  const store = await openFileKv(attachmentOf(url, app, resource))
  opened.push(store)
  return store.handle
}

let files = 0
const newPath = () => join(folder, `${files++}.sqlite`)

describe('a store in a file', () => {
  let kv: CountingKv
  let close: (() => Promise<void>) | undefined
  beforeAll(async () => {
    ;({ handle: kv, close } = await openFileKv(attachmentOf(`file:${newPath()}`)))
  })
  afterAll(() => close?.())

  test.each([...kvCases, ...atomicKvCases, ...countingKvCases])('$name', async ({ run: check }) => {
    await check(kv)
  })
})

describe('what is written', () => {
  test('at one moment is one transaction, and one after another is one each', async () => {
    const path = newPath()
    const kv = await openUrl(`file:${path}`)
    const before = await commitsIn(path)
    await Promise.all(Array.from({ length: 100 }, (_, i) => kv.put(`at once ${i}`, 'v')))
    expect(await commitsIn(path)).toBe(before + 1)
    for (let i = 0; i < 10; i++) await kv.put(`in turn ${i}`, 'v')
    expect(await commitsIn(path)).toBe(before + 11)
  })

  test('is seen by what is asked after it in the same moment', async () => {
    const kv = await openUrl(`file:${newPath()}`)
    const [, value, , gone, page] = await Promise.all([
      kv.put('key', 'value'),
      kv.get('key'),
      kv.delete('key'),
      kv.get('key'),
      kv.list(),
    ])
    expect([value, gone, page.keys]).toEqual(['value', undefined, []])
  })

  test('fails alone where the database refuses one of many', async () => {
    const path = newPath()
    const kv = await openUrl(`file:${path}`)
    const db = new DatabaseSync(path)
    onTestFinished(() => db.close())
    db.exec(`
      CREATE TRIGGER refuse BEFORE INSERT ON mooring_entries WHEN NEW.key = x'626164'
      BEGIN SELECT RAISE(ABORT, 'refused by a trigger'); END
    `)
    const outcomes = await Promise.allSettled([
      kv.put('before', 'v'),
      kv.put('bad', 'v'),
      kv.increment('after'),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(outcomes[1]).toMatchObject({
      reason: { code: 'MOORING_E_KV_UNREACHABLE', why: expect.stringContaining('by a trigger') },
    })
    expect((await kv.list()).keys).toEqual(['after', 'before'])
    expect(await kv.get('after')).toBe('1')
  })

  test('goes from the file when its life is over', async () => {
    const path = newPath()
    const kv = await openUrl(`file:${path}`)
    await Promise.all(Array.from({ length: 20 }, (_, i) => kv.put(`short ${i}`, 'v', { ttlMs: 1 })))
    await sleep(20)
    await kv.put('other', 'v')
    const db = new DatabaseSync(path)
    onTestFinished(() => db.close())
    expect(db.prepare('SELECT count(*) AS rows FROM mooring_entries').get()).toEqual({ rows: 1 })
  })

  test('is done before the store closes, and refused after', async () => {
    const url = `file:${newPath()}`
    const { handle: kv, close } = await openFileKv(attachmentOf(url))
    const put = kv.put('key', 'value')
    await close?.()
    await put
    expect(await errorOf(kv.put('late', 'v'))).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    await close?.()
    const again = await openUrl(url)
    expect([await again.get('key'), await again.get('late')]).toEqual(['value', undefined])
  })
})

describe('a file that several share', () => {
  test('keeps the keys of each store apart', async () => {
    const url = `file:${newPath()}`
    const stores = [
      await openUrl(url, 'a', 'b'),
      await openUrl(url, 'A', 'b'),
      await openUrl(url, 'a:b', 'b'),
      await openUrl(url, 'a', 'b:b'),
    ]
    await Promise.all(stores.map((kv, i) => kv.put('key', String(i))))
    await Promise.all(stores.map((kv, i) => kv.put(`only ${i}`, 'v')))
    for (const [i, kv] of stores.entries()) {
      expect([await kv.get('key'), await kv.list()]).toEqual([
        `${i}`,
        { keys: ['key', `only ${i}`] },
      ])
    }
    await stores[0]!.delete('key')
    expect(await stores[1]!.get('key')).toBe('1')
  })

  test('loses no increment of four processes that start at once', { timeout: 60_000 }, async () => {
    const url = `file:${newPath()}`
    const counting = Array.from({ length: 4 }, () => run(node, [counter, url, 'clicks', '100']))
    for (const { stdout } of await Promise.all(counting)) expect(stdout).toBe('done\n')
    const kv = await openUrl(url)
    expect(await kv.get('clicks')).toBe('400')
  })

  test('is waited for while another holds it, and the event loop goes on', async () => {
    const path = newPath()
    const kv = await openUrl(`file:${path}`)
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    let done = false
    const put = kv.put('key', 'value').then(() => {
      done = true
    })
    let turns = 0
    for (; turns < 20; turns++) await sleep(5)
    expect({ turns, done }).toEqual({ turns: 20, done: false })
    other.exec('COMMIT')
    await put
    expect(await kv.get('key')).toBe('value')
  })

  test('is given up in the end', { timeout: 30_000 }, async () => {
    const path = newPath()
    const kv = await openUrl(`file:${path}`)
    const other = new DatabaseSync(path)
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    const error = await errorOf(kv.put('key', 'value'))
    expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    expect(error).toHaveProperty('why', expect.stringContaining('locked'))
    expect(error.message).toContain(path)
    other.exec('COMMIT')
    await kv.put('key', 'value')
  })
})

/** The transactions in a write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log). */
async function commitsIn(path: string): Promise<number> {
  const log = await readFile(`${path}-wal`)
  const salt = log.subarray(16, 24)
  const frameBytes = 24 + log.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break
    if (log.readUInt32BE(at + 4) !== 0) commits++
  }
  return commits
}
