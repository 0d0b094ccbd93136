import type { TopicEvent } from '@mooring/core'
import type { ToldEvents } from '@mooring/core/adapter'

/** The part of an object's storage that is used, declared by its shape. */
export interface FollowerStorage {
  readonly sql: {
    exec(query: string, ...values: unknown[]): Iterable<Record<string, string | number>>
  }
  getAlarm(): Promise<number | null>
  setAlarm(atMs: number): Promise<void>
}

/** The namespace of the objects in which sockets live. */
interface Namespace {
  idFromString(id: string): unknown
  get(id: unknown): { fetch(url: string, init: RequestInit): Promise<Response> }
}

/** What came after a message. */
export interface Since {
  readonly events: readonly TopicEvent[]
  /** The number of the last. */
  readonly last: number
  /** Whether the first one is the next. */
  readonly isWhole: boolean
}

/** How many are told in one event of the object: it may make 1,000 calls of others in each. */
const mostAtOnce = 500

/** How many messages one call has, of at most 64 KiB. */
const mostMessages = 32

/** Milliseconds until a follower is told again that could not be: doubled each time. */
const retryMs = 1_000
const longestRetryMs = 60_000

/** A quarter of an hour: who cannot be told for so long has no socket any more. */
const mostFailures = 20

/**
 * The objects of sockets that hibernate, and how far each has been told. It is told what it does not
 * have in one call after the other, so that it has all, in order.
 */
export class TopicFollowers {
  readonly #storage: FollowerStorage
  readonly #namespace: Namespace | undefined
  readonly #since: (number: number, most: number) => Since
  /** Those who are being told. */
  readonly #busy = new Set<string>()

  constructor(
    storage: FollowerStorage,
    env: unknown,
    since: (number: number, most: number) => Since,
  ) {
    this.#storage = storage
    const { WEB_SOCKETS } = env as { readonly WEB_SOCKETS?: Namespace }
    this.#namespace = WEB_SOCKETS
    this.#since = since
    storage.sql.exec(`CREATE TABLE IF NOT EXISTS followers (
      id TEXT PRIMARY KEY, last INTEGER NOT NULL, missed INTEGER NOT NULL,
      failures INTEGER NOT NULL DEFAULT 0, at_ms INTEGER NOT NULL DEFAULT 0)`)
  }

  /** @returns why it cannot be */
  add(
    id: string,
    { number, isMissed }: { readonly number: number; readonly isMissed: boolean },
  ): string | undefined {
    if (!this.#namespace) return 'The Worker of its object binds no WEB_SOCKETS.'
    const query = 'INSERT OR REPLACE INTO followers (id, last, missed) VALUES (?, ?, ?)'
    this.#storage.sql.exec(query, id, number, Number(isMissed))
    return undefined
  }

  remove(id: string): void {
    this.#storage.sql.exec('DELETE FROM followers WHERE id = ?', id)
  }

  /** Tells all who do not have everything. */
  async tell(): Promise<void> {
    const query = `SELECT id FROM followers WHERE at_ms <= ? AND (missed
      OR last < (SELECT COALESCE(MAX(number), 0) FROM messages)) ORDER BY last`
    const rows = [...this.#storage.sql.exec(query, Date.now())]
    const due = rows.map(({ id }) => String(id)).filter((id) => !this.#busy.has(id))
    if (due.length > mostAtOnce) await this.#storage.setAlarm(Date.now())
    await Promise.all(due.slice(0, mostAtOnce).map((id) => this.#tellOne(id)))
    await this.#setAlarm()
  }

  async #tellOne(id: string): Promise<void> {
    this.#busy.add(id)
    try {
      while (await this.#tellNext(id));
    } finally {
      this.#busy.delete(id)
    }
  }

  /** @returns whether there may be more to tell */
  async #tellNext(id: string): Promise<boolean> {
    const { sql } = this.#storage
    const [row] = sql.exec('SELECT last, missed, failures FROM followers WHERE id = ?', id)
    if (!row) return false
    const { events, last, isWhole } = this.#since(Number(row['last']), mostMessages)
    const isMissed = Boolean(row['missed']) || !isWhole
    if (events.length === 0 && !isMissed) return false
    const all: TopicEvent[] = [...(isMissed ? [{ type: 'missed' } as const] : []), ...events]
    const status = await this.#call(id, { events: all })
    if (status === 200) {
      const set = 'last = ?, missed = 0, failures = 0, at_ms = 0'
      sql.exec(`UPDATE followers SET ${set} WHERE id = ?`, last, id)
      return true
    }
    const failures = Number(row['failures']) + 1
    if (status === 410 || failures > mostFailures) this.remove(id)
    else {
      const atMs = Date.now() + Math.min(retryMs * 2 ** (failures - 1), longestRetryMs)
      sql.exec('UPDATE followers SET failures = ?, at_ms = ? WHERE id = ?', failures, atMs, id)
    }
    return false
  }

  /** @returns the status, or `undefined` where there is none */
  async #call(id: string, told: ToldEvents): Promise<number | undefined> {
    try {
      const object = this.#namespace!.get(this.#namespace!.idFromString(id))
      const body = JSON.stringify(told)
      return (await object.fetch('http://web-socket/', { method: 'POST', body })).status
    } catch {
      return undefined
    }
  }

  /** For those who are to be told again. */
  async #setAlarm(): Promise<void> {
    const query = 'SELECT MIN(at_ms) AS at FROM followers WHERE at_ms > 0'
    const [row] = this.#storage.sql.exec(query)
    const atMs = Number(row?.['at'] ?? 0)
    const before = await this.#storage.getAlarm()
    if (atMs > 0 && (before === null || before > atMs)) await this.#storage.setAlarm(atMs)
  }
}
