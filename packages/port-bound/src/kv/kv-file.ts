import type { DatabaseSync } from 'node:sqlite'
import type { CountingKv } from '@mooring/core'
import {
  addToCounter,
  checkAmount,
  checkKey,
  checkValue,
  cursorAfter,
  expiryOf,
  keyBefore,
  listDefaults,
  type Opened,
  storeFailed,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { type Commits, createCommits } from './kv-file-commits.ts'
import { openDatabase, pathOf, reasonOf } from './kv-file-open.ts'
import { rangeOf, storeNameOf } from './kv-names.ts'

/**
 * Opens the store in the file that `file:./relative` (to the working directory) or
 * `file:///absolute` names. A write that was acknowledged is on the disk: it survives `kill -9` and
 * the loss of power. Processes of one machine may share the file, and so may stores of other names.
 *
 * @throws MOORING_E_KV_UNREACHABLE where the file cannot be written or is something else
 */
export async function openFileKv(at: UrlAttachment): Promise<Opened<CountingKv>> {
  let path = at.text
  try {
    path = pathOf(at.text)
    const { db, storeId } = await openDatabase(path, storeNameOf(at))
    const commits = createCommits(db, sweepOf(db), (error) =>
      storeFailed(at, `failed at ${path}`, { why: reasonOf(error), cause: error }),
    )
    return {
      handle: createFileKv(db, storeId, commits),
      close: async () => {
        // What was issued before is done first; what comes later fails, as it should.
        await commits.add('read', () => {}).catch(() => {})
        if (db.isOpen) db.close()
      },
    }
  } catch (error) {
    throw storeFailed(at, `cannot be opened at ${path}`, {
      why: reasonOf(error),
      fix: 'give it a file that this process may write and that holds nothing else.',
      cause: error,
    })
  }
}

/** Removes what is past its life: a share with each transaction, so that no one pays for all. */
function sweepOf(db: DatabaseSync): () => void {
  const sweep = db.prepare(`
    DELETE FROM mooring_entries
    WHERE rowid IN (SELECT rowid FROM mooring_entries WHERE expires_at_ms <= ? LIMIT 100)
  `)
  return () => void sweep.run(Date.now())
}

interface Row {
  readonly value: Uint8Array
  readonly expires_at_ms: number | null
}

function createFileKv(db: DatabaseSync, storeId: number, commits: Commits): CountingKv {
  const insert = `INSERT INTO mooring_entries (store, key, expires_at_ms, value) VALUES (${storeId}, ?, ?, ?)`
  const replace = `ON CONFLICT (store, key) DO
    UPDATE SET expires_at_ms = excluded.expires_at_ms, value = excluded.value`
  const where = `WHERE store = ${storeId} AND`

  const select = db.prepare(`SELECT value, expires_at_ms FROM mooring_entries ${where} key = ?`)
  const put = db.prepare(`${insert} ${replace}`)
  const putIfGone = db.prepare(`${insert} ${replace} WHERE mooring_entries.expires_at_ms <= ?`)
  const remove = db.prepare(`DELETE FROM mooring_entries ${where} key = ?`)
  const range = db.prepare(`
    SELECT key FROM mooring_entries ${where} key >= ? AND key < ?
    AND (expires_at_ms IS NULL OR expires_at_ms > ?) ORDER BY key LIMIT ?
  `)

  function live(key: Uint8Array): Row | undefined {
    const row = select.get(key) as Row | undefined
    return row?.expires_at_ms != null && row.expires_at_ms <= Date.now() ? undefined : row
  }

  return {
    atomic: true,
    async get(key) {
      checkKey(key)
      const row = await commits.add('read', () => live(Buffer.from(key)))
      return row && textOf(row.value)
    },
    async put(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const row = [Buffer.from(key), expiryOf(options) ?? null, Buffer.from(value)] as const
      await commits.add('write', () => put.run(...row))
    },
    async putIfAbsent(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const row = [Buffer.from(key), expiryOf(options) ?? null, Buffer.from(value)] as const
      const { changes } = await commits.add('write', () => putIfGone.run(...row, Date.now()))
      return Number(changes) === 1
    },
    async delete(key) {
      checkKey(key)
      await commits.add('write', () => remove.run(Buffer.from(key)))
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      const [from, to] = rangeOf(prefix, cursor === undefined ? undefined : keyBefore(cursor))
      const rows = await commits.add('read', () => range.all(from, to, Date.now(), limit + 1))
      const keys = rows.slice(0, limit).map((row) => textOf(row['key'] as Uint8Array))
      return rows.length > limit ? { keys, cursor: cursorAfter(keys.at(-1)!) } : { keys }
    },
    async increment(key, by = 1) {
      checkKey(key)
      checkAmount(by)
      return commits.add('write', () => {
        const bytes = Buffer.from(key)
        const row = live(bytes)
        const sum = addToCounter(key, row && textOf(row.value), by)
        put.run(bytes, row?.expires_at_ms ?? null, Buffer.from(String(sum)))
        return sum
      })
    },
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
}
