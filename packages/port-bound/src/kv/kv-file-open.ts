import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isBusy } from './kv-file-commits.ts'

/**
 * Many stores may be in a file. Keys and values are bytes of UTF-8: bytes sort as every other store
 * does, and Node 22 cuts text at a NUL. The expiry stands before the value, which may spill over
 * many pages, so that a list reads none of those.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS mooring_stores (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
  CREATE TABLE IF NOT EXISTS mooring_entries (
    store INTEGER NOT NULL REFERENCES mooring_stores,
    key BLOB NOT NULL,
    expires_at_ms INTEGER,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
  );
  CREATE INDEX IF NOT EXISTS mooring_entries_by_expiry ON mooring_entries (expires_at_ms)
    WHERE expires_at_ms IS NOT NULL;
`

/** Milliseconds that the start waits for other processes to let go of the file. */
const busyLimitMs = 10_000

/**
 * The absolute path of a `file:` URL. Beyond RFC 8089, a path that does not start with `/` is
 * relative to the working directory.
 *
 * @param text the URL as it is written: a URL object has made a relative path absolute
 */
export function pathOf(text: string): string {
  const url = new URL(text.trim().slice('file:'.length), pathToFileURL(`${process.cwd()}/`))
  if (url.search !== '' || url.hash !== '') throw new Error('in a path, ? is %3F and # is %23')
  if (url.pathname.endsWith('/')) throw new Error('that is a folder')
  return fileURLToPath(url)
}

/** Makes a folder where it is not there. More of its path is not made up: it may be mistyped. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  try {
    await mkdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Processes that start at once meet here, too.
    if (code === 'EEXIST') return
    if (code !== 'ENOENT') throw error
    const [parent, name] = [dirname(folder), basename(folder)]
    throw new Error(`there is no folder ${parent} to make ${name} in`, { cause: error })
  }
}

/** Opens the database, and makes it, its folder and its store where they are not there. */
export async function openDatabase(
  path: string,
  store: string,
): Promise<{ db: DatabaseSync; storeId: number }> {
  await makeFolder(dirname(path))
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(path)
  const giveUpAtMs = Date.now() + busyLimitMs
  for (;;) {
    try {
      // WAL, so that readers and the writer do not wait for each other. FULL, since NORMAL may lose
      // the last commits with the power (https://sqlite.org/pragma.html#pragma_synchronous).
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      // Begun as a write, so that a file that may only be read shows now.
      db.exec(`BEGIN IMMEDIATE; ${schema}`)
      db.prepare('INSERT INTO mooring_stores (name) VALUES (?) ON CONFLICT DO NOTHING').run(store)
      const row = db.prepare('SELECT id FROM mooring_stores WHERE name = ?').get(store)
      db.exec('COMMIT')
      return { db, storeId: Number(row?.['id']) }
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      // Processes that start at once meet here: one of them turns the new file into a WAL database.
      if (!isBusy(error) || Date.now() > giveUpAtMs) {
        db.close()
        throw error
      }
      await sleep(5 + Math.random() * 20)
    }
  }
}

/** Without the warning of Node 22 that SQLite is experimental, which would head every log. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  const allButThat = (...[warning, ...rest]: Parameters<typeof emitWarning>) => {
    if (!String(warning).startsWith('SQLite is')) emitWarning.call(process, warning, ...rest)
  }
  process.emitWarning = allButThat as typeof emitWarning
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Why a file failed, for the error that names it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
