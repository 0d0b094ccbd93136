import { createLogger } from '@mooring/core'
import {
  declaredAs,
  keptHeader,
  type KeptWebSocket,
  type RawWebSocket,
  runStateful,
  type StatefulSession,
  type ToldMessages,
} from '@mooring/core/adapter'
import { adapter, injected } from './handle.ts'

/** The part of an object's state that is used, declared by its shape. */
interface State {
  readonly id: { toString(): string }
  acceptWebSocket(socket: object): void
  getWebSockets(): readonly HeldSocket[]
  waitUntil(work: Promise<unknown>): void
}

/** A socket that the runtime holds, also while the object is not there. */
interface HeldSocket extends Omit<RawWebSocket, 'addEventListener'> {
  /** At most 16,384 bytes. */
  serializeAttachment(value: KeptWebSocket): void
  deserializeAttachment(): KeptWebSocket
}

declare const WebSocketPair: new () => { readonly 0: object; readonly 1: HeldSocket }

type Listeners = Partial<Record<'message' | 'close' | 'error', (event: any) => void>>

/** A socket that is awake. */
interface Awake extends Listeners {
  take?: StatefulSession['take']
}

/**
 * The Durable Object in which a WebSocket with a declared state lives: one of its own, or where a
 * topic feeds it, one that it shares with others of its route. While nothing comes it hibernates: the
 * runtime holds the connections, answers pings, and keeps the states.
 *
 * The Worker's entry exports it beside `handle(app)`, and its configuration binds it as
 * `WEB_SOCKETS`.
 *
 * @example
 * export { WebSocketObject } from '@mooring/cloudflare'
 */
export class WebSocketObject {
  /** By this the types that Wrangler writes for a Worker know a class of Durable Objects. */
  declare readonly __DURABLE_OBJECT_BRAND: never
  readonly #state: State
  readonly #env: unknown
  /** Gone when it hibernates, and then made again from what is kept. */
  readonly #sessions = new WeakMap<HeldSocket, Promise<Awake>>()

  constructor(state: unknown, env: unknown) {
    this.#state = state as State
    this.#env = env
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') return this.#receive((await request.json()) as ToldMessages)
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server)
    const kept = JSON.parse(request.headers.get(keptHeader)!) as KeptWebSocket
    server.serializeAttachment(kept)
    await this.#session(server, false)
    return new Response(null, { status: 101, webSocket: client } as ResponseInit)
  }

  /**
   * From the object of the topic. It is not kept waiting for the handlers: one socket would hold up
   * all others. A status of 410 tells that nobody is here any more.
   */
  async #receive({ messages }: ToldMessages): Promise<Response> {
    const sockets = this.#state.getWebSockets().filter(({ readyState }) => readyState === 1)
    if (sockets.length === 0) return new Response(null, { status: 410 })
    for (const awake of await Promise.all(sockets.map((socket) => this.#session(socket)))) {
      awake.take?.(messages)
    }
    return new Response()
  }

  async webSocketMessage(socket: HeldSocket, data: string | ArrayBuffer): Promise<void> {
    ;(await this.#session(socket)).message?.({ data })
  }

  async webSocketClose(
    socket: HeldSocket,
    code: number,
    reason: string,
    wasClean: boolean,
  ): Promise<void> {
    ;(await this.#session(socket)).close?.({ code, reason, wasClean })
  }

  async webSocketError(socket: HeldSocket, error: unknown): Promise<void> {
    ;(await this.#session(socket)).error?.({ message: String(error) })
  }

  #session(socket: HeldSocket, isOpen = true): Promise<Awake> {
    const known = this.#sessions.get(socket)
    if (known) return known
    const begun = this.#begin(socket, isOpen)
    this.#sessions.set(socket, begun)
    return begun
  }

  async #begin(socket: HeldSocket, isOpen: boolean): Promise<Awake> {
    const log = createLogger(adapter.write)
    const awake: Awake = {}
    try {
      await injected?.boot(this.#env)
      let kept = socket.deserializeAttachment()
      const { take } = runStateful(declaredAs(kept.name), kept, {
        socket: listenedTo(socket, awake),
        isOpen,
        log,
        keep: (changed) => {
          kept = { ...kept, ...changed }
          socket.serializeAttachment(kept)
        },
        waitUntil: (work) => this.#state.waitUntil(work),
        objectId: String(this.#state.id),
      })
      awake.take = take
    } catch (error) {
      // The handshake then fails.
      if (!isOpen) throw error
      log.error('a WebSocket cannot go on', { error })
      socket.close(1011)
    }
    return awake
  }
}

/** The runtime calls the object with what it has for a socket, instead of listeners of the socket's. */
function listenedTo(socket: HeldSocket, listeners: Listeners): RawWebSocket {
  return {
    get readyState() {
      return socket.readyState
    },
    get bufferedAmount() {
      return socket.bufferedAmount
    },
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    addEventListener(type: keyof Listeners, listener: (event: any) => void) {
      listeners[type] = listener
    },
  }
}
