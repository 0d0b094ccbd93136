import type { TopicEvent } from '@mooring/core'
import { type Followed, keptMessages, placeOf } from '@mooring/core/adapter'
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
  /** By this the types that Wrangler writes for a Worker know a class of Durable Objects. */
  declare readonly __DURABLE_OBJECT_BRAND: never
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
    if (follower !== undefined) return this.#follow(follower, after)
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

  /** Nothing else runs meanwhile: what is published next the object is told. */
  #follow(follower: string, after: string | null): Response {
    const last = this.#last()
    const problem = this.#followers.add(follower, last)
    if (problem !== undefined) return new Response(problem, { status: 501 })
    const begun: Followed = { last: this.#idOf(last), events: this.#eventsAfter(after) }
    return Response.json(begun)
  }

  /** Tells again those who could not be told. */
  async alarm(): Promise<void> {
    await this.#followers.tell()
  }

  /** Nothing else runs meanwhile: what is published next finds the socket. */
  #begin(socket: { send(text: string): void }, after: string | null): void {
    socket.send(JSON.stringify({ begin: this.#idOf(this.#last()) }))
    for (const event of this.#eventsAfter(after)) socket.send(JSON.stringify(event))
  }

  /** What somebody does not have who had that message; `null` has all. */
  #eventsAfter(after: string | null): readonly TopicEvent[] {
    if (after === null) return []
    const last = this.#last()
    const number = placeOf(after).number
    const isKnown = after === this.#idOf(number) && number <= last
    const isKept = isKnown && last - number <= keptMessages
    return isKept ? this.#since(number, keptMessages).messages : [{ type: 'missed' }]
  }

  /** What came after a message, as far as it is kept. */
  #since(number: number, most: number): Since {
    const query = 'SELECT number, text FROM messages WHERE number > ? ORDER BY number LIMIT ?'
    const rows = [...this.#state.storage.sql.exec(query, number, most)]
    return {
      messages: rows.map((row) => ({
        type: 'message',
        id: this.#idOf(Number(row['number'])),
        text: String(row['text']),
      })),
      last: Number(rows.at(-1)?.['number'] ?? number),
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
