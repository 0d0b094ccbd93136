import { keptMessages } from '@mooring/core/adapter'

/** The part of an object's state that is used, declared by its shape. */
interface State {
  acceptWebSocket(socket: object): void
  getWebSockets(): readonly { send(text: string): void }[]
  readonly storage: {
    readonly sql: {
      exec(query: string, ...values: unknown[]): Iterable<Record<string, string | number>>
    }
  }
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
 * (`new_sqlite_classes`).
 *
 * @example
 * export { TopicObject } from '@mooring/cloudflare'
 */
export class TopicObject {
  readonly #state: State
  /** An id of an object that had another storage is none of this one. */
  readonly #epoch: string

  constructor(state: unknown) {
    this.#state = state as State
    const { sql } = this.#state.storage
    sql.exec(`CREATE TABLE IF NOT EXISTS messages (
      number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)`)
    sql.exec('CREATE TABLE IF NOT EXISTS epoch (id TEXT NOT NULL)')
    const [row] = sql.exec('SELECT id FROM epoch')
    this.#epoch = String(row?.['id'] ?? crypto.randomUUID().slice(0, 8))
    if (!row) sql.exec('INSERT INTO epoch (id) VALUES (?)', this.#epoch)
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') return new Response(this.#publish(await request.text()))
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server)
    this.#begin(server, new URL(request.url).searchParams.get('after'))
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
    return id
  }

  /** Nothing else runs meanwhile: what is published next finds the socket. */
  #begin(socket: { send(text: string): void }, after: string | null): void {
    const { sql } = this.#state.storage
    const [row] = sql.exec("SELECT seq FROM sqlite_sequence WHERE name = 'messages'")
    const last = Number(row?.['seq'] ?? 0)
    socket.send(JSON.stringify({ begin: this.#idOf(last) }))
    if (after === null) return
    const number = Number(after.split('-', 2)[1])
    const isKnown = after === this.#idOf(number) && number <= last
    if (!isKnown || last - number > keptMessages) {
      socket.send(JSON.stringify({ type: 'missed' }))
      return
    }
    const query = 'SELECT number, text FROM messages WHERE number > ? ORDER BY number'
    for (const { number: at, text } of sql.exec(query, number)) {
      socket.send(JSON.stringify({ type: 'message', id: this.#idOf(Number(at)), text }))
    }
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }
}
