import type { Server } from 'node:http'
import { createServer, type ServerHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Speaker } from '../connections.ts'
import { isLargeHead, mostTakenBytes, mostTakenFields } from './http2-head.ts'
import { createHttp2ReplyClass, type Http2Reply } from './http2-reply.ts'
import { createHttp2RequestClass, type Http2Incoming } from './http2-request.ts'
import { createSession, type Session, type Http2Parts } from './http2-session.ts'

/** RFC 9113 §6.5.2 recommends no fewer; nginx has 128, h2o 100. */
const maxConcurrentStreams = 100

/**
 * Megabytes that may wait on one connection, after which Node refuses further streams. Its default
 * of 10 loses requests: a page of 1 MB, asked for a hundred times at once, is more.
 */
const maxSessionMemory = 256

/** How often sessions are looked at. */
const everyMs = 1_000

/**
 * HTTP/2 for a server. What comes out of it are the requests and responses of Node's compatibility
 * layer, emitted on `server` as those of HTTP/1 are.
 *
 * @returns what takes a socket that speaks HTTP/2
 */
export function createHttp2(
  server: Server,
  { limits, log }: Http2Parts,
): (socket: TLSSocket) => Speaker {
  const http2 = createServer({
    Http2ServerRequest: createHttp2RequestClass(limits.bodyLimitBytes),
    Http2ServerResponse: createHttp2ReplyClass(log),
    settings: { maxConcurrentStreams, maxHeaderListSize: mostTakenBytes },
    maxSessionMemory,
    maxHeaderListPairs: mostTakenFields,
  })
  const sessions = new Map<ServerHttp2Session, Session>()

  http2.on('request', (incoming: Http2Incoming, outgoing: Http2Reply) => {
    const session = sessions.get(outgoing.stream.session as ServerHttp2Session)
    // One that is over already, or one too many, needs no handler.
    if (!session || outgoing.stream.closed || !session.began(outgoing)) return
    if (isLargeHead(incoming.rawHeaders)) {
      return incoming.refuse(outgoing, 431, 'Request Header Fields Too Large')
    }
    const problem = incoming.toHttp1()
    if (problem === undefined) server.emit('request', incoming, outgoing)
    else incoming.refuse(outgoing, 400, `Bad Request: ${problem}`)
  })
  http2.on('checkExpectation', (...exchange) => void http2.emit('request', ...exchange))
  setInterval(() => {
    const nowMs = performance.now()
    for (const session of sessions.values()) session.look(nowMs)
  }, everyMs).unref()

  return (socket) => {
    let speaker: Session | undefined
    http2.once('session', (session) => {
      speaker = createSession(session, socket, { limits, log })
      sessions.set(session, speaker)
      session.once('close', () => sessions.delete(session))
    })
    // Documented as the way to inject a connection; the session is made before this returns.
    http2.emit('connection', socket)
    return speaker!
  }
}
