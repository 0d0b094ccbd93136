import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from '@mooring/core'
import { onWebSockets, type RawWebSocket, type WebSocketAdapter } from '@mooring/core/adapter'
import type { Context } from 'hono'
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws'
import type { Metrics } from '@mooring/port-bound'
import type { Connections } from '../connections.ts'
import { reset } from '../exchange.ts'
import type { Limits } from '../limits.ts'
import type { Reply } from '../reply.ts'
import type { Incoming } from '../request-body.ts'
import {
  type AnswerHeaders,
  asksForWebSocket,
  createUpgradeReply,
  type Handshake,
  keepOthersInHttp,
  upgradeMark,
  upgradeStatus,
} from './web-socket-upgrade.ts'
import { describe, type LiveWebSocket, watchWebSockets } from './web-socket-watch.ts'

/** What each socket adds to the time over which all are closed, and the most of that time. */
const spreadEachMs = 10
const mostSpreadMs = 3_000

/** How long a client may take to answer our close frame, when the process ends. */
const closeGraceMs = 2_000

/** How long it may otherwise. */
const closeTimeoutMs = 10_000

export interface WebSockets {
  readonly adapter: WebSocketAdapter
  /** For the server's option: what is not for us stays HTTP. */
  readonly shouldUpgrade: (incoming: IncomingMessage) => boolean
  readonly attach: (parts: Attached) => void
}

interface Attached {
  readonly server: Server<typeof Incoming, typeof Reply>
  readonly RequestClass: typeof Incoming
  readonly ReplyClass: typeof Reply
  readonly listener: (incoming: Incoming, outgoing: Reply<Incoming>) => void
  readonly connections: Connections
  readonly limits: Limits
}

/** WebSockets on a Node server. Until an app has a route for them, nothing is loaded or listened to. */
export function createWebSockets(log: Logger, metrics: Metrics): WebSockets {
  const handshakes = new WeakMap<IncomingMessage, Handshake>()
  const live = new Set<LiveWebSocket>()
  const servers = new Map<number, WebSocketServer>()
  let attached: Attached | undefined
  let spreadMs: number | undefined

  /** One for each limit: ws has it for a server, we for a route. */
  async function serverFor(maxPayload: number): Promise<WebSocketServer> {
    const { WebSocketServer } = await import('ws')
    const existing = servers.get(maxPayload)
    if (existing) return existing
    const options: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload,
      closeTimeout: closeTimeoutMs,
      // What the app took stands in its response, with all the other headers.
      handleProtocols: () => false,
    }
    const server = new WebSocketServer(options)
    server.on('headers', (lines, incoming) => {
      lines.push(...headerLines(handshakes.get(incoming)?.answer ?? {}))
    })
    servers.set(maxPayload, server)
    return server
  }

  function opened(ws: WebSocket, socket: Duplex, incoming: IncomingMessage): void {
    const nowMs = performance.now()
    const one: LiveWebSocket = {
      ws,
      socket,
      path: (incoming.url ?? '').split('?', 1)[0]!,
      openedAtMs: nowMs,
      readBytes: 0,
      quietSinceMs: nowMs,
      isPinged: false,
      sentBytes: 0,
      blockedSinceMs: nowMs,
    }
    live.add(one)
    ws.once('close', () => live.delete(one))
    attached?.connections.handOver(socket as Socket, {
      exchanges: () => [],
      announceEnd() {},
      end: () => restart(ws),
      destroy() {
        log.error('a WebSocket was cut off', describe(one))
        reset(socket as Socket)
      },
    })
  }

  /** 1012 is Service Restart, in IANA's registry of RFC 6455 §7.4.1. */
  function restart(ws: WebSocket): void {
    if (spreadMs === undefined) {
      spreadMs = Math.min(live.size * spreadEachMs, mostSpreadMs)
      log.info('closing WebSockets', { count: live.size, overMs: spreadMs })
    }
    // Not all at once, or all their clients would come back at once.
    setTimeout(() => {
      ws.resume()
      ws.close(1012, 'Service Restart')
      setTimeout(() => ws.terminate(), closeGraceMs)
    }, Math.random() * spreadMs)
  }

  const adapter: WebSocketAdapter = {
    // Not because the process is leaving: hardly a proxy tries a handshake again after a 503, and
    // hardly a client does. 1012 tells every client to come back, when the time has come.
    refuse(c) {
      if (handshakes.has(incomingOf(c))) return undefined
      return c.text('400 Bad Request: not a whole WebSocket handshake\n', 400)
    },
    async accept(c, { headers, maxMessageBytes }, onOpened) {
      const incoming = incomingOf(c)
      const handshake = handshakes.get(incoming)!
      const server = await serverFor(maxMessageBytes)
      handshake.complete = (answer) => {
        handshake.answer = answer
        server.handleUpgrade(incoming, handshake.socket as Socket, handshake.head, (ws) => {
          ws.binaryType = 'arraybuffer'
          opened(ws, handshake.socket, incoming)
          onOpened(ws as unknown as RawWebSocket)
        })
      }
      headers.set(upgradeMark, '1')
      return switchingProtocols(headers)
    },
  }

  return {
    adapter,
    shouldUpgrade: (incoming) => attached !== undefined && asksForWebSocket(incoming),
    attach(parts) {
      const { server, RequestClass, ReplyClass, listener, limits } = parts
      onWebSockets(() => {
        attached = parts
        const UpgradeReply = createUpgradeReply(ReplyClass)
        keepOthersInHttp(server, RequestClass)
        watchWebSockets(live, limits, log)
        metrics.gauge('mooring_open_websockets', 'Open WebSockets.', () => live.size)
        server.on('upgrade', (incoming: Incoming, socket, head) => {
          const handshake: Handshake = { socket, head }
          handshakes.set(incoming, handshake)
          listener(incoming, new UpgradeReply(incoming, handshake))
        })
      })
    },
  }
}

/** What the app's request was made from (`c.env.incoming`). */
function incomingOf(c: Context): IncomingMessage {
  return (c.env as { incoming: IncomingMessage }).incoming
}

/** Those of the 101 that are not the handshake's own. */
function headerLines(headers: AnswerHeaders): string[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    handshakeHeaders.has(name.toLowerCase())
      ? []
      : [values].flat().map((value) => `${name}: ${value}`),
  )
}

const handshakeHeaders: ReadonlySet<string> = new Set([
  upgradeMark,
  'connection',
  'content-length',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'transfer-encoding',
  'upgrade',
])

let SwitchingProtocols: typeof Response | undefined

/** Neither Node nor the standard lets anyone make a response of status 101: it says that it is one. */
function switchingProtocols(headers: Headers): Response {
  // Made late: the listener puts a class of its own in the place of the global one.
  SwitchingProtocols ??= class extends Response {
    override get status(): number {
      return 101
    }
    // Read when it is copied, which would make a real one of it.
    override get body(): null {
      return null
    }
  }
  return new SwitchingProtocols(null, { headers, status: upgradeStatus })
}
