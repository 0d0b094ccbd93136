import type { TopicMessage } from '@mooring/core'
import type { ToldMessages } from '@mooring/core/adapter'

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
  readonly messages: readonly TopicMessage[]
  /** The number of the last. */
  readonly last: number
}

/** The calls that are made in one event of the object. It may make 1,000 of others in each. */
const mostCalls = 500

/** How many messages one call has, of at most 64 KiB. */
const mostMessages = 32

/** Milliseconds until a follower is told again that could not be: doubled each time. */
const retryMs = 1_000
const longestRetryMs = 60_000

/** A day: no socket is open any more of who cannot be told for so long. */
const mostFailures = 1_440

/** When it is looked, once more, whether all have been told: this object may be lost meanwhile. */
const lookAgainMs = 10_000

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
    storage.sql.exec(`CREATE TABLE IF NOT EXISTS follower_objects (
      id TEXT PRIMARY KEY, last INTEGER NOT NULL, sockets INTEGER NOT NULL DEFAULT 1,
      failures INTEGER NOT NULL DEFAULT 0, at_ms INTEGER NOT NULL DEFAULT 0)`)
  }

  /**
   * @param last the message after which it is told, unless it follows already
   * @returns why it cannot be
   */
  add(id: string, last: number): string | undefined {
    if (!this.#namespace) return 'The Worker of its object binds no WEB_SOCKETS.'
    const query = `INSERT INTO follower_objects (id, last) VALUES (?, ?)
      ON CONFLICT (id) DO UPDATE SET sockets = sockets + 1, failures = 0, at_ms = 0`
    this.#storage.sql.exec(query, id, last)
    return undefined
  }

  /** Tells all who do not have everything. */
  async tell(): Promise<void> {
    const query = `SELECT id, at_ms FROM follower_objects
      WHERE last < (SELECT COALESCE(MAX(number), 0) FROM messages) ORDER BY last`
    const behind = [...this.#storage.sql.exec(query)]
    if (behind.length === 0) return
    await this.#lookAgain(Date.now() + lookAgainMs)
    let calls = mostCalls
    const nowMs = Date.now()
    const due = behind.filter((row) => Number(row['at_ms']) <= nowMs)
    const ids = due.map(({ id }) => String(id)).filter((id) => !this.#busy.has(id))
    await Promise.all(ids.map((id) => this.#tellOne(id, () => calls-- > 0)))
    if (calls < 0) return this.#lookAgain(Date.now())
    // What was due before is being told, or has been: an alarm for it would ring over and over.
    const retries = 'SELECT MIN(at_ms) AS at FROM follower_objects WHERE at_ms > ?'
    const [retry] = this.#storage.sql.exec(retries, nowMs)
    const atMs = Number(retry?.['at'] ?? 0)
    if (atMs > 0) await this.#lookAgain(atMs)
  }

  async #tellOne(id: string, mayCall: () => boolean): Promise<void> {
    this.#busy.add(id)
    try {
      while (await this.#tellNext(id, mayCall));
    } finally {
      this.#busy.delete(id)
    }
  }

  /** @returns whether there may be more to tell */
  async #tellNext(id: string, mayCall: () => boolean): Promise<boolean> {
    const { sql } = this.#storage
    const [row] = sql.exec('SELECT last, sockets, failures FROM follower_objects WHERE id = ?', id)
    if (!row) return false
    const { messages, last } = this.#since(Number(row['last']), mostMessages)
    if (messages.length === 0 || !mayCall()) return false
    const status = await this.#call(id, { messages })
    if (status === 200) {
      const set = 'last = ?, failures = 0, at_ms = 0'
      sql.exec(`UPDATE follower_objects SET ${set} WHERE id = ?`, last, id)
      return true
    }
    const failures = Number(row['failures']) + 1
    if (status === 410 || failures > mostFailures) {
      // Unless it has another socket by now.
      const query = 'DELETE FROM follower_objects WHERE id = ? AND sockets = ?'
      sql.exec(query, id, Number(row['sockets']))
      return true
    }
    const atMs = Date.now() + Math.min(retryMs * 2 ** (failures - 1), longestRetryMs)
    sql.exec('UPDATE follower_objects SET failures = ?, at_ms = ? WHERE id = ?', failures, atMs, id)
    return false
  }

  /** @returns the status, or `undefined` where there is none */
  async #call(id: string, told: ToldMessages): Promise<number | undefined> {
    try {
      const object = this.#namespace!.get(this.#namespace!.idFromString(id))
      const body = JSON.stringify(told)
      return (await object.fetch('http://web-socket/', { method: 'POST', body })).status
    } catch {
      return undefined
    }
  }

  /** At the latest then. */
  async #lookAgain(atMs: number): Promise<void> {
    const before = await this.#storage.getAlarm()
    if (before === null || before > atMs) await this.#storage.setAlarm(atMs)
  }
}
