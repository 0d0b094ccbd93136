import { constants, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { newConnectionGraceMs, type Speaker } from '../connections.ts'
import { finGraceMs } from '../exchange.ts'
import type { Limits } from '../limits.ts'
import { http2Exchange, type Http2Reply } from './http2-reply.ts'

export interface Http2Parts {
  readonly limits: Limits
  readonly log: Logger
}

/** How long a session that may leave is idle before it is told to: its client has gone elsewhere. */
const leaveAfterMs = 1_000

/** The answer to a PING frame (RFC 9113 §6.7); that to SETTINGS is shorter. */
const pingBytes = 17

/** PING and SETTINGS frames a second; each costs an answer (CVE-2019-9512, CVE-2019-9515). */
const controlFramesPerSecond = 1_000

/**
 * Streams that are reset a second (CVE-2023-44487). Each may have begun a handler, and makes room
 * for the next below the limit of streams at once. A browser that leaves a page resets a hundred.
 */
const resetsPerSecond = 200

/** A session of HTTP/2: many requests on one connection. */
export interface Session extends Speaker {
  /** A request came. @returns whether it is to be answered */
  readonly began: (reply: Http2Reply) => boolean
  /** Once a second: ends it where it is idle for too long, or a flood. */
  readonly look: (nowMs: number) => void
}

export function createSession(
  session: ServerHttp2Session,
  socket: Socket,
  { limits, log }: Http2Parts,
): Session {
  const open = new Set<Http2Reply>()
  const startedMs = performance.now()
  let idleSinceMs = startedMs
  let requests = 0
  let resets = 0
  /** PING and SETTINGS that came, in all and before the last look. */
  let controlFrames = 0
  let seenControlFrames = 0
  let isGreeted = false
  let mayLeave = false
  let isEnding = false
  let isRetiring = false
  let isCondemned = false

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
   * Ends it: the client is told which stream was the last that came (RFC 9113 §6.8), what is open is
   * finished, and what crosses the GOAWAY is the client's to ask again elsewhere. A GOAWAY that leaves
   * the last stream open would not help: Node takes no further stream after any.
   */
  function retire(): void {
    if (isRetiring || session.destroyed || session.closed) return
    isRetiring = true
    // First what has come already.
    setImmediate(() => {
      if (!session.destroyed) session.close()
      watchForReset()
    })
  }

  /**
   * Node reads no further once it has said where the end is and nothing is open. Where the client
   * has reset the connection by then it learns of that from its write, and waits on, for ever.
   */
  function watchForReset(): void {
    const timer = setInterval(() => void (hasPeer(socket) || socket.destroy()), finGraceMs).unref()
    socket.once('close', () => clearInterval(timer))
  }

  /** Not at once: Node may be in the middle of reading frames for it. */
  function condemn(flood: string): void {
    if (isCondemned) return
    isCondemned = true
    log.warn('an HTTP/2 connection was a flood and is ended', { flood, peer: socket.remoteAddress })
    setImmediate(() => session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM))
  }

  function onStreamClose(reply: Http2Reply): void {
    open.delete(reply)
    idleSinceMs = performance.now()
    if (reply.stream.rstCode === constants.NGHTTP2_NO_ERROR) return
    resets += 1
    if (resets > resetsPerSecond) condemn('resets')
  }

  return {
    began(reply) {
      if (isCondemned) return false
      requests += 1
      open.add(reply)
      reply.stream.once('close', () => onStreamClose(reply))
      const isLast = requests === limits.maxRequestsPerConnection
      if (isLast || isEnding) retire()
      return true
    },
    look(nowMs) {
      if (controlFrames - seenControlFrames > controlFramesPerSecond) condemn('control frames')
      seenControlFrames = controlFrames
      resets = 0
      const isSilent = !isGreeted && nowMs - startedMs >= limits.headersTimeoutMs
      if (isSilent) session.destroy()
      const idleMs = mayLeave && requests > 0 ? leaveAfterMs : limits.keepAliveTimeoutMs
      if (!isSilent && open.size === 0 && nowMs - idleSinceMs >= idleMs) retire()
    },
    exchanges() {
      // In whole KiB, and without the answers to pings: to ping is not to read.
      const sent = Math.floor((socket.bytesWritten - controlFrames * pingBytes) / 1024)
      return [...open].map((reply) => http2Exchange(reply, sent))
    },
    announceEnd() {
      // Not while it is busy: a request may be under way, and would have to be sent again. One that
      // comes later is not told until the end: it would be one session for each request, and a
      // client that is sent away twice waits before it asks again (Go's does, for a second).
      mayLeave = true
    },
    end() {
      isEnding = true
      // Who has asked nothing yet is told with its first request, or it would never get to ask.
      if (requests > 0) retire()
      else setTimeout(retire, newConnectionGraceMs).unref()
    },
    destroy() {
      for (const reply of open) reply.cutOff()
      session.destroy()
    },
  }
}

/** getpeername(2) of a connection that was reset is ENOTCONN. There is no public name for it. */
function hasPeer(socket: Socket): boolean {
  const { _handle: handle } = socket as { _handle?: { getpeername: (into: object) => number } }
  return handle?.getpeername({}) === 0
}
