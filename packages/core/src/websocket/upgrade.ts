import type { Context, MiddlewareHandler } from 'hono'
import { adapterOf } from '../adapter/adapter.ts'
import { MooringError } from '../errors.ts'
import { createLogger } from '../log.ts'
import { declareWebSockets } from './declared.ts'
import type { WebSocketEvents } from './events.ts'
import { offeredProtocols, refuseHandshake, validToken } from './handshake.ts'
import { runSession } from './session.ts'
import type { DeclaredState } from './stateful.ts'

export interface WebSocketOptions {
  /** The subprotocols this route speaks. Of those the client offers, its first is taken. @default none */
  readonly protocols?: readonly string[]
  /** A larger message closes the socket with 1009. At most 32 MiB, as on Workers. @default 1 MiB */
  readonly maxMessageBytes?: number
  /** What a client may leave unread; then it is cut off. @default 16 MiB */
  readonly maxBufferedBytes?: number
}

type WebSocketRoute = MiddlewareHandler<any, string, { outputFormat: 'ws' }>

/** The most that Workers take (November 2026). */
const mostMessageBytes = 32 * 1024 ** 2

/**
 * A route that is a WebSocket, in the way of Hono's own `upgradeWebSocket`, with one behaviour on
 * every runtime. A GET that is no WebSocket handshake gets 426, a broken one 400; another method
 * goes on to what comes next. Whoever may not connect is answered by a middleware before it.
 *
 * @param createEvents is called for each handshake, and gives the handlers
 * @throws MOORING_E_WEBSOCKET where an option is not one
 * @example
 * app.get('/echo', upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(data) })))
 */
export function upgradeWebSocket<Raw = unknown>(
  createEvents: (c: Context) => WebSocketEvents<Raw> | Promise<WebSocketEvents<Raw>>,
  options?: WebSocketOptions,
): WebSocketRoute
/**
 * A route that is a WebSocket with a declared state: see `stateful`. Else as above.
 *
 * @throws MOORING_E_WEBSOCKET where an option is not one
 */
export function upgradeWebSocket(state: DeclaredState, options?: WebSocketOptions): WebSocketRoute
export function upgradeWebSocket(
  given: ((c: Context) => WebSocketEvents | Promise<WebSocketEvents>) | DeclaredState,
  options: WebSocketOptions = {},
): WebSocketRoute {
  if (typeof given !== 'function' && !given.declare) {
    throw badOption(
      'the first argument',
      given,
      'a function, or what stateful({ name, state, … }) makes',
    )
  }
  const { protocols = [] } = options
  for (const protocol of protocols) {
    if (!validToken.test(protocol))
      throw badOption('protocols', protocol, 'a token (RFC 9110 §5.6.2)')
  }
  const maxMessageBytes = sizeOf('maxMessageBytes', options, 1024 ** 2, mostMessageBytes)
  const maxBufferedBytes = sizeOf('maxBufferedBytes', options, 16 * 1024 ** 2, Infinity)
  declareWebSockets()
  const limits = { maxMessageBytes, maxBufferedBytes }
  const stateful = typeof given === 'function' ? undefined : given.declare(limits)

  return async (c, next) => {
    const { method, url } = c.req
    if (method !== 'GET' && method !== 'HEAD') return next()
    const { webSockets, write, name, waitUntil } = adapterOf(c, 'upgradeWebSocket')
    if (!webSockets) throw unsupported(name)
    const refusal = refuseHandshake((header) => c.req.header(header))
    if (refusal) return c.text(`${refusal.status} ${refusal.reason}\n`, refusal)
    const refused = webSockets.refuse?.(c)
    if (refused) return refused

    const offered = offeredProtocols(c.req.header('sec-websocket-protocol'))
    const protocol = offered.find((candidate) => protocols.includes(candidate))
    const isMoved = webSockets.hasObjects === true
    const events = typeof given === 'function' ? await given(c) : undefined
    const kept = await stateful?.keptFrom(c, protocol, isMoved)
    if (kept instanceof Response) return kept
    if (protocol !== undefined) c.header('Sec-WebSocket-Protocol', protocol)
    const terms = { protocol, maxMessageBytes, headers: c.body(null).headers }
    if (kept && isMoved) return stateful!.acceptInObject(c, terms, kept)
    return webSockets.accept(c, terms, (socket) => {
      const parts = {
        socket,
        log: createLogger(write),
        waitUntil: (work: Promise<unknown>) =>
          waitUntil ? waitUntil(work, 'WebSocket handlers') : c.executionCtx.waitUntil(work),
      }
      if (events) runSession({ ...parts, events, url, protocol, ...limits })
      else stateful!.run(kept!, parts)
    })
  }
}

function sizeOf(
  name: 'maxMessageBytes' | 'maxBufferedBytes',
  options: WebSocketOptions,
  standard: number,
  most: number,
): number {
  const value = options[name] ?? standard
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw badOption(name, value, `a whole number of bytes, 1–${most}`)
}

function badOption(name: string, value: unknown, expected: string): MooringError {
  return new MooringError('MOORING_E_WEBSOCKET', {
    message: `${name} of upgradeWebSocket is ${JSON.stringify(value)}.`,
    why: `Expected ${expected}.`,
    fix: `correct ${name}, or leave it out.`,
  })
}

function unsupported(adapter: string): MooringError {
  return new MooringError('MOORING_E_UNSUPPORTED', {
    message: `The adapter ${adapter} has no WebSockets.`,
    why: 'It cannot take a connection over from HTTP.',
    fix: 'serve this route with an adapter that can: @mooring/node, bun, deno or cloudflare.',
  })
}
