import type { RawWebSocket, ReceivedClose } from '@mooring/core/adapter'
import type { BunWebSocket } from './bun.ts'

/** What a connection becomes once Bun has upgraded it. */
export interface Upgraded {
  readonly opened: (socket: RawWebSocket) => void
  socket?: BunRawWebSocket
}

interface Listeners {
  message: ((event: { readonly data: unknown }) => void)[]
  close: ((event: ReceivedClose) => void)[]
  error: ((event: { readonly message: string }) => void)[]
}

/** A WebSocket of Bun, whose events come to the server, as one that has its own. */
export class BunRawWebSocket implements RawWebSocket {
  readonly #ws: BunWebSocket<Upgraded>
  readonly #listeners: Listeners = { message: [], close: [], error: [] }

  constructor(ws: BunWebSocket<Upgraded>) {
    this.#ws = ws
  }

  get readyState(): number {
    return this.#ws.readyState
  }

  get bufferedAmount(): number {
    return this.#ws.getBufferedAmount()
  }

  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    this.#ws.send(data)
  }

  close(code?: number, reason?: string): void {
    // Without one Bun would say 1000.
    this.#ws.close(code ?? 1005, reason)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  addEventListener(type: keyof Listeners, listener: (event: any) => void): void {
    this.#listeners[type].push(listener)
  }

  receive(data: string | Uint8Array<ArrayBuffer>): void {
    const isWhole = typeof data !== 'string' && data.byteLength === data.buffer.byteLength
    const whole = typeof data === 'string' ? data : isWhole ? data.buffer : data.slice().buffer
    for (const listener of this.#listeners.message) listener({ data: whole })
  }

  /** Bun tells within our own `close` too: a standard socket never does before that returns. */
  ended(code: number, reason: string): void {
    queueMicrotask(() => {
      const wasClean = code !== 1006
      // It ends a client that breaks the protocol by itself, and says why.
      if (!wasClean && reason !== '') {
        for (const listener of this.#listeners.error) listener({ message: reason })
      }
      for (const listener of this.#listeners.close) listener({ code, reason, wasClean })
    })
  }
}
