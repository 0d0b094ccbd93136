import { constants, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { newConnectionGraceMs, type Speaker } from './connections.ts'
import { finGraceMs } from './exchange.ts'
import { http2Exchange, type Http2Reply } from './http2-reply.ts'
import type { Http2Parts } from './http2.ts'

/** RFC 9113 §6.8: the highest stream there can be, which says that no end has been set yet. */
const noLastStream = 2 ** 31 - 1

/** How long a client may take to answer the ping that follows the announcement. */
const pingGraceMs = 1_000

/** PING and SETTINGS frames a second; each costs an answer (CVE-2019-9512, CVE-2019-9515). */
const controlFramesPerSecond = 1_000

/** A session of HTTP/2: many requests on one connection. */
export interface Session extends Speaker {
  /** A request came. */
  readonly began: (reply: Http2Reply) => void
  /** Once a second: ends it where it is idle for too long, or a flood. */
  readonly look: (nowMs: number) => void
}

export function createSession(
  session: ServerHttp2Session,
  socket: Socket,
  { limits, isLeaving, log }: Http2Parts,
): Session {
  const open = new Set<Http2Reply>()
  const startedMs = performance.now()
  let idleSinceMs = startedMs
  let requests = 0
  let controlFrames = 0
  let isGreeted = false
  let isRetiring = false

  session.on('ping', () => void (controlFrames += 1))
  session.on('remoteSettings', () => {
    isGreeted = true
    controlFrames += 1
  })
  // A broken connection is nobody's mistake; the streams tell those who answer on them.
  session.on('error', () => {})
  // Node leaves the last word to the client.
  socket.once('finish', () => setTimeout(() => socket.destroy(), finGraceMs).unref())

  /**
   * Ends it without losing a request (RFC 9113 §6.8): first that an end is near, then, when all that
   * was under way has come, which stream was the last. Streams that are open are finished.
   */
  function retire(): void {
    if (isRetiring || session.destroyed || session.closed) return
    isRetiring = true
    session.goaway(constants.NGHTTP2_NO_ERROR, noLastStream)
    const close = () => session.close()
    const timer = setTimeout(close, pingGraceMs).unref()
    session.ping(() => {
      clearTimeout(timer)
      close()
    })
  }

  return {
    began(reply) {
      requests += 1
      open.add(reply)
      reply.stream.once('close', () => {
        open.delete(reply)
        idleSinceMs = performance.now()
      })
      const isLast = requests === limits.maxRequestsPerConnection
      if (isLast || isLeaving()) retire()
    },
    look(nowMs) {
      const isFlood = controlFrames > controlFramesPerSecond
      controlFrames = 0
      const isSilent = !isGreeted && nowMs - startedMs >= limits.headersTimeoutMs
      if (isFlood) {
        log.warn('a flood of control frames', { peer: socket.remoteAddress })
        session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
      } else if (isSilent) session.destroy()
      else if (open.size === 0 && nowMs - idleSinceMs >= limits.keepAliveTimeoutMs) retire()
    },
    exchanges: () => [...open].map(http2Exchange),
    announceEnd() {
      // Who has asked nothing yet is told with its first request, or it would never get to ask.
      if (requests > 0) retire()
    },
    end() {
      if (requests > 0) retire()
      else setTimeout(retire, newConnectionGraceMs).unref()
    },
    destroy() {
      for (const reply of open) reply.cutOff()
      session.destroy()
    },
  }
}
