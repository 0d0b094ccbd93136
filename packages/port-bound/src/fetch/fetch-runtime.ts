import type { RawWebSocket } from '@mooring/core/adapter'

/** What a runtime that calls a `fetch` handler has to bring: its server. */
export interface FetchRuntime {
  /** Its name in lower case, as in its package's. */
  readonly name: string
  /** Settings of the port-bound contract that it cannot obey, and why. They may not be set. */
  readonly unsupported: Readonly<Record<string, string>>
  /** Codings that its `fetch` takes off a body. */
  readonly decodes: readonly string[]
  /** The request with a body where one was sent, and without where none was (RFC 9112 §6.3). */
  readonly withBodyAsSent: (request: Request) => Request | Promise<Request>
  /**
   * An answer to HEAD that says of its length nothing wrong: it has no body, and a runtime would say
   * 0 (RFC 9110 §8.6).
   */
  readonly forHead: (response: Response) => Response
  /** Binds. @throws with the system's code, such as `EADDRINUSE` */
  readonly listen: (options: FetchListen) => FetchServer
}

export interface FetchListen {
  readonly port: number
  readonly hostname: string
  readonly limits: FetchLimits
  /** `undefined` where the connection is no HTTP any more. */
  readonly answer: (incoming: FetchIncoming) => Answer | Promise<Answer>
}

export type Answer = Response | undefined

/** What a peer may take. Each has its environment variable. */
export interface FetchLimits {
  /** `BODY_LIMIT`: of a request, else 413. @default what the app declares, or 100mb, as on Workers */
  readonly bodyLimitBytes: number
  /**
   * `RESPONSE_TIMEOUT`: from the head of a request, or the last part of its body that was read, to the
   * head of its response; then 503. @default 60s
   */
  readonly responseTimeoutMs: number
  /** `KEEP_ALIVE_TIMEOUT`: of an idle connection, where the runtime has one. @default 65s */
  readonly keepAliveTimeoutMs: number
}

/** One request, as the runtime hands it in. */
export interface FetchIncoming {
  readonly request: Request
  /** The address of the socket's peer. Asked for when somebody wants to know. */
  readonly remoteAddress: () => string | undefined
  /** What `c.env` has beside the variables: what the runtime's own Hono helpers look for. */
  readonly bindings: object
  /** Settles when the response is delivered, and rejects when its client went away. */
  readonly delivered?: Promise<unknown> | undefined
  /** Makes the connection a WebSocket. @returns what the runtime's handler is to return */
  readonly upgrade: (
    headers: Headers,
    protocol: string | undefined,
    opened: (socket: RawWebSocket) => void,
  ) => Answer
}

/** A server of the runtime that listens. */
export interface FetchServer {
  readonly port: number
  readonly hostname: string
  /** How many requests are being answered, where the runtime counts them. */
  readonly pending?: () => number
  /** Closes the listener and what is idle. Resolves when no request is being answered. */
  readonly stop: () => Promise<void>
  /** Cuts off every connection. */
  readonly destroy: () => void
}
