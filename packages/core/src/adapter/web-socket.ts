import type { Context } from 'hono'

/** What core needs of a runtime's socket: what the standard's, Workers' and ws's have in common. */
export interface RawWebSocket {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number
  /** Bytes that were sent and that the runtime still holds. */
  readonly bufferedAmount: number
  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: ReceivedClose) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void
  /** Ends the connection without a word, where the runtime can. */
  terminate?(): void
  /** Reads no further, and reads on, where the runtime can. */
  pause?(): void
  resume?(): void
}

/** How a connection came to its end. */
export interface ReceivedClose {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** What the two sides agree on. */
export interface WebSocketTerms {
  /** Those of the 101, `Sec-WebSocket-Protocol` among them. */
  readonly headers: Headers
  readonly protocol: string | undefined
  readonly maxMessageBytes: number
}

/** How an adapter turns requests into WebSockets. */
export interface WebSocketAdapter {
  /** Whether sockets with a declared state live in Durable Objects of the Worker's. */
  readonly hasObjects?: boolean
  /** The answer to a valid handshake that cannot be accepted here and now. */
  readonly refuse?: (c: Context) => Response | undefined
  /**
   * Accepts the handshake: the response is handed back through the app. The socket gives binary
   * messages as `ArrayBuffer`. `opened` may never be called: a middleware can answer otherwise.
   */
  readonly accept: (
    c: Context,
    terms: WebSocketTerms,
    opened: (socket: RawWebSocket) => void,
  ) => Response | Promise<Response>
}
