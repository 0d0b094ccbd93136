import type { FetchRuntime } from '@mooring/port-bound'
import { withBodyAsSent } from './body-as-sent.ts'
import { type DenoInfo, type DenoServer, serveDeno, upgradeDeno } from './deno.ts'
import { DenoRawWebSocket } from './web-socket.ts'

const noSockets = 'Deno.serve does not tell of connections, and has no time-outs.'

/** Seconds after which a WebSocket that does not answer pings is ended. */
const idleTimeout = 30

/** How long a client may take to answer our close frame. */
const closeGraceMs = 2_000

/** How long to wait when the listener has failed. */
const retryMs = 50

/** `Deno.serve`, as it is used here. */
export const denoRuntime: FetchRuntime = {
  name: 'deno',
  decodes: ['gzip', 'br'],
  withBodyAsSent,
  forHead,
  unsupported: {
    SOCKET_PATH: 'This adapter binds a TCP port.',
    LISTEN_FDS: 'Deno.serve takes no descriptor.',
    WEB_CONCURRENCY: 'The workers of one listener are Node processes.',
    ADMIN_PORT: 'There are no metrics of Deno.',
    TLS_CERT: 'This adapter speaks HTTP without TLS.',
    TLS_KEY: 'This adapter speaks HTTP without TLS.',
    PROXY_PROTOCOL: 'Deno.serve reads none.',
    HEADERS_TIMEOUT: noSockets,
    STALL_TIMEOUT: noSockets,
    KEEP_ALIVE_TIMEOUT: noSockets,
    WEBSOCKET_PING_INTERVAL: 'Deno pings by its own plan.',
    MAX_CONNECTIONS: noSockets,
    MAX_REQUESTS_PER_CONNECTION: noSockets,
    MAX_REQUEST_RATE: noSockets,
    SHED_DELAY: 'What waits for the event loop is not known.',
    LOOP_WATCHDOG: 'The watchdog is a thread of Node.',
    LOOP_WATCHDOG_STACK: 'The watchdog is a thread of Node.',
  },
  listen({ port, hostname, answer }) {
    const abort = new AbortController()
    let isStopping = false
    let uploads = 0
    /** Those that are being opened too. */
    const sockets = new Set<WebSocket>()
    let bound = port
    let server = serve()

    /** Deno ends a server whose accepting fails: without descriptors for a moment it would be over. */
    function serve(): DenoServer {
      const options = {
        port: bound,
        hostname,
        signal: abort.signal,
        onListen() {},
        onError: () => new Response('Internal Server Error', { status: 500 }),
      }
      const started = serveDeno(options, handle)
      bound = started.addr.port
      started.finished.then(serveAgain, serveAgain)
      return started
    }

    function serveAgain(): void {
      if (isStopping) return
      setTimeout(() => {
        if (isStopping) return
        try {
          server = serve()
        } catch {
          serveAgain()
        }
      }, retryMs)
    }

    function handle(request: Request, info: DenoInfo): Response | Promise<Response> {
      const { remoteAddr, completed } = info
      const answered = answer({
        request: asksForWebSocket(request) ? copyOf(request) : request,
        remoteAddress: () => remoteAddr.hostname,
        // Where hono/deno looks for it.
        bindings: { remoteAddr },
        delivered: completed,
        upgrade: (headers, protocol, opened) => {
          const { socket, response } = upgrade(request, headers, protocol)
          sockets.add(socket)
          socket.addEventListener('close', () => sockets.delete(socket))
          socket.addEventListener('open', () => opened(new DenoRawWebSocket(socket)))
          return response
        },
      }) as Response | Promise<Response>
      // Asked for in any case: Deno ends the connection after a body that nobody has asked for.
      if (request.body === null || !(answered instanceof Promise)) return answered
      uploads += 1
      return answered.finally(() => void (uploads -= 1))
    }

    return {
      port: bound,
      hostname: server.addr.hostname,
      async stop() {
        // Shutting down breaks off what is being received, and closes with 1001 who has not been told
        // that the service restarts. Who comes until then is served.
        const isOpen = ({ readyState }: WebSocket) => readyState <= WebSocket.OPEN
        while (uploads > 0 || [...sockets].some(isOpen))
          await new Promise((resolve) => setTimeout(resolve, 20))
        // Their close frames are on the way, and shutting down would go before them.
        const untilMs = performance.now() + closeGraceMs
        while (sockets.size > 0 && performance.now() < untilMs)
          await new Promise((resolve) => setTimeout(resolve, 20))
        isStopping = true
        await server.shutdown()
      },
      destroy() {
        isStopping = true
        abort.abort()
      },
    }
  },
}

/** Statuses that have no body (Fetch §2.2.3). */
const nullBody: ReadonlySet<number> = new Set([204, 205, 304])

/** Of a stream Deno says no length. */
function forHead(response: Response): Response {
  const { status, headers } = response
  if (headers.has('content-length') || nullBody.has(status)) return response
  const body = new ReadableStream({ start: (controller) => controller.close() })
  return new Response(body, response)
}

function asksForWebSocket({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('upgrade')?.toLowerCase() === 'websocket'
}

/** What was upgraded cannot be read any more, and a WebSocket's handlers still look at it. */
function copyOf({ url, method, headers }: Request): Request {
  return new Request(url, { method, headers: new Headers([...headers]) })
}

/** The response must be Deno's own; it takes further headers. */
function upgrade(
  request: Request,
  headers: Headers,
  protocol: string | undefined,
): ReturnType<typeof upgradeDeno> {
  const upgraded = upgradeDeno(request, { idleTimeout })
  const { socket, response } = upgraded
  socket.binaryType = 'arraybuffer'
  headers.delete('sec-websocket-protocol')
  for (const [name, value] of headers) response.headers.append(name, value)
  if (protocol !== undefined) response.headers.set('Sec-WebSocket-Protocol', protocol)
  return upgraded
}
