import { keptMessages } from '@mooring/core/adapter'
import { type FollowerStorage, type Since, TopicFollowers } from './topic-followers.ts'

/** The part of an object's state that is used, declared by its shape. */
interface State {
  acceptWebSocket(socket: object): void
  getWebSockets(): readonly { send(text: string): void }[]
  waitUntil(work: Promise<unknown>): void
  readonly storage: FollowerStorage
}

declare const WebSocketPair: new () => {
  readonly 0: object
  readonly 1: { send(text: string): void }
}

/**
 * The Durable Object behind each `topic()`: it keeps the last messages, and hands each to every
 * subscriber. While nothing is published it hibernates, with its connections open.
 *
 * The Worker's entry exports it, and its configuration binds it, with its storage in SQLite
 * (`new_sqlite_classes`). Where a WebSocket with a declared state has a topic, the same Worker binds
 * `WEB_SOCKETS`.
 *
 * @example
 * export { TopicObject } from '@mooring/cloudflare'
 */
export class TopicObject {
  readonly #state: State
  /** An id of an object that had another storage is none of this one. */
  readonly #epoch: string
  /** The sockets that hibernate. */
  readonly #followers: TopicFollowers

  constructor(state: unknown, env: unknown) {
    this.#state = state as State
    const { sql } = this.#state.storage
    sql.exec(`CREATE TABLE IF NOT EXISTS messages (
      number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)`)
    sql.exec('CREATE TABLE IF NOT EXISTS epoch (id TEXT NOT NULL)')
    const [row] = sql.exec('SELECT id FROM epoch')
    this.#epoch = String(row?.['id'] ?? crypto.randomUUID().slice(0, 8))
    if (!row) sql.exec('INSERT INTO epoch (id) VALUES (?)', this.#epoch)
    const since = (number: number, most: number) => this.#since(number, most)
    this.#followers = new TopicFollowers(this.#state.storage, env, since)
  }

  async fetch(request: Request): Promise<Response> {
    const { method, url } = request
    if (method === 'POST') return new Response(this.#publish(await request.text()))
    const { pathname, searchParams } = new URL(url)
    const after = searchParams.get('after')
    const [, follower] = /^\/followers\/(\w+)$/.exec(pathname) ?? []
    if (follower !== undefined) return this.#follow(method, follower, after)
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server)
    this.#begin(server, after)
    return new Response(null, { status: 101, webSocket: client } as ResponseInit)
  }

  /** Without an answer to its close the other side would wait for it. */
  webSocketClose(socket: { close(code?: number): void }): void {
    socket.close()
  }

  #publish(text: string): string {
    const { sql } = this.#state.storage
    const [row] = sql.exec('INSERT INTO messages (text) VALUES (?) RETURNING number', text)
    const number = Number(row!['number'])
    sql.exec('DELETE FROM messages WHERE number <= ?', number - keptMessages)
    const id = this.#idOf(number)
    const event = JSON.stringify({ type: 'message', id, text })
    for (const socket of this.#state.getWebSockets()) {
      try {
        socket.send(event)
      } catch {
        // It is closing; its subscriber goes on after the last message it had.
      }
    }
    this.#state.waitUntil(this.#followers.tell())
    return id
  }

  #follow(method: string, follower: string, after: string | null): Response {
    if (method === 'DELETE') {
      this.#followers.remove(follower)
      return new Response()
    }
    const problem = this.#followers.add(follower, this.#placeOf(after))
    if (problem !== undefined) return new Response(problem, { status: 501 })
    this.#state.waitUntil(this.#followers.tell())
    return new Response()
  }

  /** Tells again those who could not be told. */
  async alarm(): Promise<void> {
    await this.#followers.tell()
  }

  /** Nothing else runs meanwhile: what is published next finds the socket. */
  #begin(socket: { send(text: string): void }, after: string | null): void {
    const { number, isMissed } = this.#placeOf(after)
    socket.send(JSON.stringify({ begin: this.#idOf(this.#last()) }))
    if (isMissed) socket.send(JSON.stringify({ type: 'missed' }))
    for (const event of this.#since(number, keptMessages).events) socket.send(JSON.stringify(event))
  }

  /** After which message somebody goes on. */
  #placeOf(after: string | null): { readonly number: number; readonly isMissed: boolean } {
    const last = this.#last()
    if (after === null) return { number: last, isMissed: false }
    const number = Number(after.split('-', 2)[1])
    const isKnown = after === this.#idOf(number) && number <= last
    const isKept = isKnown && last - number <= keptMessages
    return isKept ? { number, isMissed: false } : { number: last, isMissed: true }
  }

  /** What came after a message, as far as it is kept. */
  #since(number: number, most: number): Since {
    const query = 'SELECT number, text FROM messages WHERE number > ? ORDER BY number LIMIT ?'
    const rows = [...this.#state.storage.sql.exec(query, number, most)]
    return {
      events: rows.map((row) => ({
        type: 'message',
        id: this.#idOf(Number(row['number'])),
        text: String(row['text']),
      })),
      last: Number(rows.at(-1)?.['number'] ?? number),
      isWhole: rows.length === 0 || Number(rows[0]!['number']) === number + 1,
    }
  }

  #last(): number {
    const { sql } = this.#state.storage
    const [row] = sql.exec("SELECT seq FROM sqlite_sequence WHERE name = 'messages'")
    return Number(row?.['seq'] ?? 0)
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }
}
