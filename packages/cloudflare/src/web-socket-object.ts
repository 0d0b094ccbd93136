import { createLogger } from '@mooring/core'
import {
  declaredAs,
  keptHeader,
  type KeptWebSocket,
  type RawWebSocket,
  runStateful,
} from '@mooring/core/adapter'
import { adapter, injected } from './handle.ts'

/** The part of an object's state that is used, declared by its shape. */
interface State {
  acceptWebSocket(socket: object): void
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

/**
 * The Durable Object in which a WebSocket with a declared state lives, one for each. While nothing
 * comes it hibernates: the runtime holds the connection, answers pings, and keeps the state.
 *
 * The Worker's entry exports it beside `handle(app)`, and its configuration binds it as
 * `WEB_SOCKETS`.
 *
 * @example
 * export { WebSocketObject } from '@mooring/cloudflare'
 */
export class WebSocketObject {
  readonly #state: State
  readonly #env: unknown
  /** Gone when it hibernates, and then made again from what is kept. */
  readonly #sessions = new WeakMap<HeldSocket, Promise<Listeners>>()

  constructor(state: unknown, env: unknown) {
    this.#state = state as State
    this.#env = env
  }

  async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server)
    const kept = JSON.parse(request.headers.get(keptHeader)!) as KeptWebSocket
    server.serializeAttachment(kept)
    await this.#session(server, false)
    return new Response(null, { status: 101, webSocket: client } as ResponseInit)
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

  #session(socket: HeldSocket, isOpen = true): Promise<Listeners> {
    const known = this.#sessions.get(socket)
    if (known) return known
    const begun = this.#begin(socket, isOpen)
    this.#sessions.set(socket, begun)
    return begun
  }

  async #begin(socket: HeldSocket, isOpen: boolean): Promise<Listeners> {
    const log = createLogger(adapter.write)
    const listeners: Listeners = {}
    try {
      await injected?.boot(this.#env)
      const kept = socket.deserializeAttachment()
      runStateful(declaredAs(kept.name), kept, {
        socket: listenedTo(socket, listeners),
        isOpen,
        log,
        keep: (state) => socket.serializeAttachment({ ...kept, state }),
        waitUntil: (work) => this.#state.waitUntil(work),
      })
    } catch (error) {
      // The handshake then fails.
      if (!isOpen) throw error
      log.error('a WebSocket cannot go on', { error })
      socket.close(1011)
    }
    return listeners
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
