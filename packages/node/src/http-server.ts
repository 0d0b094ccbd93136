import { createServer, type Server } from 'node:http'
import type { Logger } from '@mooring/core'
import type { Metrics } from '@mooring/port-bound'
import { type Connections, tellDropped, trackConnections } from './connections.ts'
import { watchDescriptors } from './descriptors.ts'
import { endIdleConnections } from './idle-connections.ts'
import type { Limits } from './limits.ts'
import type { createListener } from './listener.ts'
import { makeRoom } from './make-room.ts'
import { answerParseErrors } from './parse-errors.ts'
import { expectProxyHeaders, type ProxyProtocol } from './proxy/proxy-protocol.ts'
import { createReplyClass, type Reply } from './reply.ts'
import { createRequestClass, type Incoming } from './request-body.ts'
import { startSweeper } from './sweeper.ts'
import type { Tls } from './tls/tls-server.ts'
import type { WebSockets } from './web-sockets/web-sockets.ts'

export interface HttpServerParts {
  readonly listener: ReturnType<typeof createListener>
  readonly limits: Limits
  /** `undefined` where it speaks HTTP in the clear. */
  readonly tls: Tls | undefined
  /** `undefined` where connections begin with a request. */
  readonly proxyProtocol: ProxyProtocol | undefined
  readonly webSockets: WebSockets
  /** Whether a signal has come. */
  readonly isLeaving: () => boolean
  readonly log: Logger
  readonly metrics: Metrics
}

export interface HttpServer {
  readonly server: Server
  readonly connections: Connections
}

/** The server of an app and all that protects it. It does not listen yet. */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { listener, limits, tls, proxyProtocol, webSockets, isLeaving, log, metrics } = parts
  const RequestClass = createRequestClass(limits.bodyLimitBytes)
  const ReplyClass = createReplyClass(isLeaving, limits, log)
  const server = createServer(
    {
      // Node would set a timer after each response, and take it off at the next request.
      keepAliveTimeout: 0,
      headersTimeout: limits.headersTimeoutMs,
      // Bodies are watched for stalling instead: a slow upload that moves may take its time.
      requestTimeout: 0,
      connectionsCheckingInterval: 1_000,
      // A request without a body has no stream to end, which takes Node several ticks.
      optimizeEmptyRequests: true,
      IncomingMessage: RequestClass,
      ServerResponse: ReplyClass,
      shouldUpgradeCallback: webSockets.shouldUpgrade,
    },
    listener,
  )
  answerParseErrors(server)
  // Only Node would say 417 of an expectation that nobody knows (RFC 9110 §10.1.1).
  server.on('checkExpectation', (...exchange) => void server.emit('request', ...exchange))
  // What is refused by its length, or has none, needs no 100: the client would only send it.
  server.on('checkContinue', (incoming: Incoming, reply: Reply) => {
    if (incoming.mayContinue) reply.writeContinue()
    server.emit('request', incoming, reply)
  })
  server.maxConnections = limits.maxConnections
  // All of them are seen, and too many are refused.
  server.maxHeadersCount = 0
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection

  // Each of these goes under the one before: the header of a proxy comes first on the wire.
  tls?.layUnder(server, { connections: () => connections, limits, log })
  if (proxyProtocol) {
    const timeoutMs = limits.headersTimeoutMs
    expectProxyHeaders(server, { ...proxyProtocol, timeoutMs, log, metrics })
  }
  const connections = trackConnections(server)
  endIdleConnections(connections, limits.keepAliveTimeoutMs)
  startSweeper(connections, limits, log, metrics)
  webSockets.attach({ server, RequestClass, ReplyClass, listener, connections, limits })
  makeRoom(server, connections, log, metrics)
  tellDropped(server, log, metrics)
  watchDescriptors(connections.count, log, metrics)
  return { server, connections }
}
