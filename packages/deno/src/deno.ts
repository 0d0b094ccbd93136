/** What is used of Deno, declared by its shape: its own types would replace the standard's. */
interface Deno {
  serve(options: DenoOptions, handler: DenoHandler): DenoServer
  upgradeWebSocket(
    request: Request,
    options: { readonly idleTimeout: number },
  ): { readonly socket: WebSocket; readonly response: Response }
}

interface DenoOptions {
  readonly port: number
  readonly hostname: string
  readonly signal: AbortSignal
  readonly onListen: () => void
  readonly onError: (error: unknown) => Response
}

type DenoHandler = (request: Request, info: DenoInfo) => Response | Promise<Response>

/** What it says of a request. */
export interface DenoInfo {
  readonly remoteAddr: { readonly hostname?: string }
  /** Settles when the response is delivered, or is not. */
  readonly completed: Promise<void>
}

export interface DenoServer {
  readonly addr: { readonly hostname: string; readonly port: number }
  readonly finished: Promise<void>
  readonly shutdown: () => Promise<void>
}

declare const Deno: Deno

export const serveDeno: Deno['serve'] = (options, handler) => Deno.serve(options, handler)

export const upgradeDeno: Deno['upgradeWebSocket'] = (request, options) =>
  Deno.upgradeWebSocket(request, options)
