import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  createQueueStore,
  type Delivery,
  queueFailed,
  type QueueStore,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { type Commits, createCommits } from '../kv/kv-file-commits.ts'
import { openDatabase, pathOf, reasonOf } from '../kv/kv-file-open.ts'
import { storeNameOf } from '../kv/kv-names.ts'

/** How often a process looks for what others have sent, and for what is due. */
const lookMs = 250

/**
 * A message may be taken from `due_at_ms` on: it was delayed until then, or whoever took it has until
 * then to say that it is still handling it. One with a reason is a dead letter. Numbers are never
 * given again: whoever comes too late finds nothing.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS mooring_messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store INTEGER NOT NULL REFERENCES mooring_stores,
    id TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    times INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    reason TEXT,
    body BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS mooring_messages_by_due
    ON mooring_messages (store, due_at_ms) WHERE reason IS NULL;
`

/** A message in hand, and its row. */
interface Taken extends Delivery {
  readonly number: number
}

interface Row {
  readonly number: number
  readonly id: string
  readonly sent_at_ms: number
  readonly due_at_ms: number
  readonly failures: number
  readonly times: number
  readonly reason: string | null
  readonly body: Uint8Array
}

/**
 * Opens a queue in the file that `file:` names, which processes of one machine may share, and stores
 * too. A message that was sent is on the disk: it survives `kill -9` and the loss of power.
 *
 * @param leaseMs how long a process may be silent before its messages go to another
 * @throws MOORING_E_QUEUE_UNREACHABLE where the file cannot be written or is something else
 */
export async function openFileQueue(at: UrlAttachment, leaseMs: number): Promise<QueueStore> {
  let path = at.text
  try {
    path = pathOf(at.text)
    const { db, storeId } = await openDatabase(path, storeNameOf(at))
    const commits = createCommits(
      db,
      () => {},
      (error) => queueFailed(at, `failed at ${path}`, { why: reasonOf(error), cause: error }),
    )
    await commits.add('write', () => db.exec(schema))
    return createFileQueue(at.resource, db, storeId, commits, leaseMs)
  } catch (error) {
    throw queueFailed(at, `cannot be opened at ${path}`, {
      why: reasonOf(error),
      fix: 'give it a file that this process may write and that holds nothing else.',
      cause: error,
    })
  }
}

function createFileQueue(
  name: string,
  db: DatabaseSync,
  store: number,
  commits: Commits,
  leaseMs: number,
): QueueStore {
  const me = randomUUID()
  const mine = 'WHERE number = ? AND holder = ?'
  const isDue = `store = ${store} AND reason IS NULL AND due_at_ms <= ?`
  const isDead = `store = ${store} AND reason IS NOT NULL`
  const insert = db.prepare(`
    INSERT INTO mooring_messages (store, id, sent_at_ms, due_at_ms, body)
    VALUES (${store}, ?, ?, ?, ?)
  `)
  const look = db.prepare(`SELECT 1 FROM mooring_messages WHERE ${isDue} LIMIT 1`)
  const take = db.prepare(`
    UPDATE mooring_messages SET holder = ?, times = times + 1, due_at_ms = ? WHERE number IN
      (SELECT number FROM mooring_messages WHERE ${isDue} ORDER BY due_at_ms LIMIT ?)
    RETURNING *
  `)
  const keep = db.prepare(`
    UPDATE mooring_messages SET due_at_ms = ?
    WHERE holder = ? AND number IN (SELECT value FROM json_each(?))
  `)
  const remove = db.prepare('DELETE FROM mooring_messages WHERE number = ?')
  const putBack = db.prepare(
    `UPDATE mooring_messages SET holder = NULL, times = 0, due_at_ms = ?, failures = ? ${mine}`,
  )
  const release = db.prepare(
    `UPDATE mooring_messages SET holder = NULL, times = 0, due_at_ms = ? ${mine}`,
  )
  const bury = db.prepare(
    `UPDATE mooring_messages SET holder = NULL, due_at_ms = ?, failures = ?, reason = ? ${mine}`,
  )
  const dead = db.prepare(
    `SELECT * FROM mooring_messages WHERE ${isDead} ORDER BY due_at_ms LIMIT 1000`,
  )
  const replay = db.prepare(
    `UPDATE mooring_messages SET reason = NULL, failures = 0, times = 0 WHERE ${isDead}`,
  )

  /** Those in hand. One may come again, where this process was too busy to say that it has it. */
  const held = new Set<number>()
  let woken = Promise.withResolvers<void>()
  function wake(): void {
    woken.resolve()
    woken = Promise.withResolvers()
  }

  async function takeDue(count: number): Promise<readonly Taken[]> {
    // A look alone keeps nobody else from the file.
    if (!(await commits.add('read', () => look.get(Date.now())))) return []
    const rows = await commits.add('write', () => {
      const nowMs = Date.now()
      return take.all(me, nowMs + leaseMs, nowMs, count) as unknown as Row[]
    })
    const fresh = rows.filter(({ number }) => !held.has(number)).map(toTaken)
    for (const { number } of fresh) held.add(number)
    return fresh
  }

  return createQueueStore<Taken>(
    {
      async send(text, delayMs) {
        const nowMs = Date.now()
        const row = [randomUUID(), nowMs, nowMs + delayMs, Buffer.from(text)] as const
        await commits.add('write', () => insert.run(...row))
        wake()
      },
      async take(count) {
        const { promise } = woken
        const taken = await takeDue(count)
        if (taken.length > 0) return taken
        const timer = setTimeout(wake, lookMs)
        await promise
        clearTimeout(timer)
        return []
      },
      async settle({ number, attempt }, outcome) {
        await commits.add('write', () => {
          const nowMs = Date.now()
          if (outcome.type === 'done') remove.run(number)
          else if (outcome.type === 'dead') bury.run(nowMs, attempt, outcome.reason, number, me)
          else if (outcome.type === 'retry') {
            putBack.run(nowMs + outcome.afterMs, attempt, number, me)
          } else release.run(nowMs, number, me)
        })
        held.delete(number)
      },
      keep: {
        everyMs: leaseMs / 3,
        async run(taken) {
          const numbers = JSON.stringify(taken.map(({ number }) => number))
          await commits.add('write', () => keep.run(Date.now() + leaseMs, me, numbers))
        },
      },
      wake,
      deadLetters: {
        async list() {
          const rows = await commits.add('read', () => dead.all() as unknown as Row[])
          return rows.map((row) => ({
            id: row.id,
            sentAt: new Date(row.sent_at_ms),
            diedAt: new Date(row.due_at_ms),
            attempts: row.failures,
            reason: row.reason ?? '',
            message: bodyOf(row),
          }))
        },
        replay: async () => Number((await commits.add('write', () => replay.run())).changes),
      },
      async close() {
        // What was issued before is done first.
        await commits.add('read', () => {}).catch(() => {})
        if (db.isOpen) db.close()
      },
    },
    name,
  )
}

function toTaken(row: Row): Taken {
  const { number, id, failures, times } = row
  const sentAt = new Date(row.sent_at_ms)
  return { number, id, sentAt, attempt: failures + times, body: bodyOf(row) }
}

function bodyOf({ body }: Row): unknown {
  return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
}
