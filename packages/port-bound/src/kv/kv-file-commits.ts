import type { DatabaseSync } from 'node:sqlite'
import { MooringError } from '@mooring/core'

/** One operation of a store, and where its outcome goes. */
interface Operation {
  readonly writes: boolean
  readonly run: () => unknown
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
  readonly giveUpAtMs: number
}

type Outcome = { readonly result: unknown } | { readonly refused: MooringError }

/** Runs operations in transactions. */
export interface Commits {
  /** Queues an operation. Its promise settles when what it wrote is on the disk. */
  add<Result>(kind: 'read' | 'write', run: () => Result): Promise<Result>
}

/** Milliseconds that an operation waits for other processes to let go of the file. */
const busyLimitMs = 5_000

/** A longer transaction would keep the process from its sockets for too long. */
const largestBatch = 1000

/**
 * Group commit. What makes a write slow is the wait for the disk at its end (fsync), and that wait
 * is one per transaction: so all operations that are issued in the same turn of the event loop are
 * one transaction, in the order in which they were issued. They settle only after its COMMIT.
 *
 * SQLite works synchronously, so a process waits for the disk once a turn. It never waits that way
 * for another process: a file that is locked is tried again later, and the loop goes on meanwhile.
 *
 * @param beforeWrites runs at the start of each transaction that writes
 * @param failed makes the error of an operation that the database could not do
 */
export function createCommits(
  db: DatabaseSync,
  beforeWrites: () => void,
  failed: (error: unknown) => MooringError,
): Commits {
  let waiting: Operation[] = []

  function commitSome(): void {
    const batch = waiting.slice(0, largestBatch)
    waiting = waiting.slice(largestBatch)
    const locked = commit(batch)
    waiting = locked.concat(waiting)
    // At random, since processes that try in step keep failing in step.
    if (locked.length > 0) setTimeout(commitSome, 1 + Math.random() * 5)
    else if (waiting.length > 0) setImmediate(commitSome)
  }

  /** @returns the operations to be tried again, because another process holds the file */
  function commit(batch: readonly Operation[]): readonly Operation[] {
    try {
      const outcomes = transact(batch)
      batch.forEach((operation, i) => settle(operation, outcomes[i]!))
      return []
    } catch (error) {
      if (isBusy(error)) return batch.filter((operation) => !giveUp(operation, error))
      // Each on its own now: what fails is to fail alone.
      if (batch.length > 1) return batch.flatMap((operation) => commit([operation]))
      for (const operation of batch) operation.reject(failed(error))
      return []
    }
  }

  function transact(batch: readonly Operation[]): Outcome[] {
    if (!batch.some((operation) => operation.writes)) return batch.map(attempt)
    db.exec('BEGIN IMMEDIATE')
    try {
      beforeWrites()
      const outcomes = batch.map(attempt)
      db.exec('COMMIT')
      return outcomes
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  function giveUp(operation: Operation, error: unknown): boolean {
    if (Date.now() < operation.giveUpAtMs) return false
    operation.reject(failed(error))
    return true
  }

  return {
    add: (kind, run) =>
      new Promise((resolve, reject) => {
        const giveUpAtMs = Date.now() + busyLimitMs
        waiting.push({ writes: kind === 'write', run, resolve, reject, giveUpAtMs })
        // After this turn's I/O: every request that came with it is in the batch.
        if (waiting.length === 1) setImmediate(commitSome)
      }),
  }
}

/** An operation that is refused has written nothing, and the others go on. */
function attempt(operation: Operation): Outcome {
  try {
    return { result: operation.run() }
  } catch (error) {
    if (error instanceof MooringError) return { refused: error }
    throw error
  }
}

function settle({ resolve, reject }: Operation, outcome: Outcome): void {
  if ('refused' in outcome) reject(outcome.refused)
  else resolve(outcome.result as never)
}

/**
 * SQLITE_BUSY, in any of its extended forms (https://sqlite.org/rescode.html#busy). Deno leaves the
 * code out of what `exec` throws.
 */
export function isBusy(error: unknown): boolean {
  const { errcode, message } = error as { errcode?: unknown; message?: unknown }
  if (typeof errcode === 'number') return (errcode & 0xff) === 5
  return message === 'database is locked'
}
