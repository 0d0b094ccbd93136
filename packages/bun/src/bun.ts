/** What is used of Bun, declared by its shape: its own types would replace the standard's. */
interface Bun {
  serve<Data>(options: BunOptions<Data>): BunServer<Data>
}

interface BunOptions<Data> {
  readonly port: number
  readonly hostname: string
  readonly idleTimeout: number
  readonly maxRequestBodySize: number
  readonly development: false
  readonly reusePort: false
  readonly fetch: (request: Request, server: BunServer<Data>) => unknown
  readonly error: (error: unknown) => Response
  readonly websocket: BunWebSocketHandlers<Data>
}

export interface BunServer<Data> {
  readonly port: number
  readonly hostname: string
  readonly pendingRequests: number
  readonly stop: (closeActiveConnections: boolean) => Promise<void>
  readonly requestIP: (request: Request) => { readonly address: string } | null
  readonly timeout: (request: Request, seconds: number) => void
  readonly upgrade: (
    request: Request,
    options: { readonly headers: Headers; readonly data: Data },
  ) => boolean
}

interface BunWebSocketHandlers<Data> {
  readonly maxPayloadLength: number
  readonly idleTimeout: number
  readonly sendPings: boolean
  readonly perMessageDeflate: false
  readonly backpressureLimit: number
  readonly open: (ws: BunWebSocket<Data>) => void
  readonly message: (ws: BunWebSocket<Data>, data: string | Uint8Array<ArrayBuffer>) => void
  readonly close: (ws: BunWebSocket<Data>, code: number, reason: string) => void
}

export interface BunWebSocket<Data> {
  readonly data: Data
  readonly readyState: number
  readonly send: (data: string | ArrayBuffer | Uint8Array<ArrayBuffer>) => number
  readonly close: (code?: number, reason?: string) => void
  readonly terminate: () => void
  readonly getBufferedAmount: () => number
}

declare const Bun: Bun

export const serveBun: Bun['serve'] = (options) => Bun.serve(options)
