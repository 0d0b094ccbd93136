import { type FetchRuntime, withHeader } from '@mooring/port-bound'
import { withBodyAsSent } from './body-as-sent.ts'
import { serveBun } from './bun.ts'
import { withoutAddedType } from './type-of-body.ts'
import { BunRawWebSocket, type Upgraded } from './web-socket.ts'

/** What Bun takes for the seconds of an idle connection. */
const mostIdleSeconds = 255

/** The most that Workers take of a message; the limit of a route is core's to keep. */
const maxPayloadLength = 32 * 1024 ** 2

const noSockets = 'Bun.serve has one time for everything that a connection does not do.'

/** `Bun.serve`, as it is used here. */
export const bunRuntime: FetchRuntime = {
  name: 'bun',
  decodes: ['gzip', 'deflate', 'br', 'zstd'],
  withBodyAsSent,
  forHead,
  unsupported: {
    SOCKET_PATH: 'This adapter binds a TCP port.',
    LISTEN_FDS: 'Bun.serve takes no descriptor.',
    WEB_CONCURRENCY: 'The workers of one listener are Node processes.',
    ADMIN_PORT: 'There are no metrics of Bun.',
    TLS_CERT: 'This adapter speaks HTTP without TLS.',
    TLS_KEY: 'This adapter speaks HTTP without TLS.',
    PROXY_PROTOCOL: 'Bun.serve reads none.',
    HEADERS_TIMEOUT: noSockets,
    STALL_TIMEOUT: noSockets,
    WEBSOCKET_PING_INTERVAL: 'Bun pings by its own plan.',
    MAX_CONNECTIONS: 'Bun.serve does not tell of connections.',
    MAX_REQUESTS_PER_CONNECTION: 'Bun.serve does not tell of connections.',
    MAX_REQUEST_RATE: 'Bun.serve does not tell of connections.',
    SHED_DELAY: 'What waits for the event loop is not known.',
    LOOP_WATCHDOG: 'The watchdog is a thread of Node.',
    LOOP_WATCHDOG_STACK: 'The watchdog is a thread of Node.',
  },
  listen({ port, hostname, limits, answer }) {
    const seconds = (ms: number) => Math.min(Math.ceil(ms / 1_000), mostIdleSeconds)
    const idleTimeout = seconds(limits.keepAliveTimeoutMs)
    const isLong = limits.responseTimeoutMs >= limits.keepAliveTimeoutMs
    const server = serveBun<Upgraded>({
      port,
      hostname,
      idleTimeout,
      // Its own refusal closes at once, and what the client still sends resets it (RFC 9112 §9.6).
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // Without `development` Bun would let another process share the port, and take half of it.
      reusePort: false,
      fetch(request, bun) {
        // Else Bun would take a handler that is slow for a connection that is idle.
        if (isLong) bun.timeout(request, 0)
        const answered = answer({
          request,
          remoteAddress: () => bun.requestIP(request)?.address,
          // Where hono/bun looks for it.
          bindings: { server: bun },
          upgrade: (headers, protocol, opened) => {
            if (protocol !== undefined) headers.set('Sec-WebSocket-Protocol', protocol)
            // Else Bun would take the first that is offered.
            else request.headers.delete('sec-websocket-protocol')
            const isUpgraded = bun.upgrade(request, { headers, data: { opened } })
            return isUpgraded ? undefined : new Response('400 Bad Request\n', { status: 400 })
          },
        })
        if (!(answered instanceof Promise)) return quiet(answered)
        return answered.then(quiet)

        /** An event stream may be silent for as long as it likes. */
        function quiet(response: Response | undefined): Response | undefined {
          const type = response?.headers.get('content-type')
          if (type?.startsWith('text/event-stream')) bun.timeout(request, 0)
          return response && withoutAddedType(request, closing(request, response))
        }
      },
      error: () => new Response('Internal Server Error', { status: 500 }),
      websocket: {
        maxPayloadLength,
        idleTimeout: 120,
        sendPings: true,
        perMessageDeflate: false,
        // Core closes what does not read; Bun would drop messages without a word.
        backpressureLimit: 1024 ** 3,
        open(ws) {
          ws.data.socket = new BunRawWebSocket(ws)
          ws.data.opened(ws.data.socket)
        },
        message: (ws, data) => ws.data.socket?.receive(data),
        close: (ws, code, reason) => ws.data.socket?.ended(code, reason),
      },
    })
    return {
      port: server.port,
      hostname: server.hostname,
      pending: () => server.pendingRequests,
      stop: () => server.stop(false),
      destroy: () => void server.stop(true),
    }
  },
}

/** Bun closes where it is asked to, and says so to nobody (RFC 9112 §9.6). */
function closing({ headers }: Request, response: Response): Response {
  const asked = headers.get('connection')
  if (asked === null || !/\bclose\b/i.test(asked)) return response
  return withHeader(response, 'Connection', 'close')
}

/** Bun says the length 0 where nothing else is said, and for HEAD leaves out the Date. */
function forHead({ status, statusText, headers: given }: Response): Response {
  const headers = new Headers(given)
  headers.set('Date', new Date().toUTCString())
  if (!headers.has('content-length')) headers.set('Transfer-Encoding', 'chunked')
  return new Response(null, { status, statusText, headers })
}
