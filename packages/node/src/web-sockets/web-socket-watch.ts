import type { Duplex } from 'node:stream'
import type { LogFields, Logger } from '@mooring/core'
import type { WebSocket } from 'ws'

const everyMs = 1_000

/** An open WebSocket, and when it was last seen to move. */
export interface LiveWebSocket {
  readonly ws: WebSocket
  readonly socket: Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number }
  /** Without its query, which may hold what no log should. */
  readonly path: string
  readonly openedAtMs: number
  /** What was read, since when nothing more was, and whether it was asked with a ping. */
  readBytes: number
  quietSinceMs: number
  isPinged: boolean
  /** What the system took, and since when it took nothing although there was more. */
  sentBytes: number
  blockedSinceMs: number
}

export interface WatchLimits {
  /** Milliseconds without a byte before a ping, and then before the end; 0 for never. */
  readonly pingIntervalMs: number
  readonly stallTimeoutMs: number
}

/**
 * Looks at every socket once a second, so that none needs a timer of its own: a quiet one is
 * pinged, and one that then stays quiet is dead; one that does not read what it is sent is cut off.
 */
export function watchWebSockets(
  live: ReadonlySet<LiveWebSocket>,
  { pingIntervalMs, stallTimeoutMs }: WatchLimits,
  log: Logger,
): void {
  function cutOff(one: LiveWebSocket, message: string): void {
    log.warn(message, describe(one))
    one.ws.terminate()
  }

  function look(one: LiveWebSocket, nowMs: number): void {
    const { ws, socket } = one
    const sentBytes = (socket.bytesWritten ?? 0) - socket.writableLength
    if (ws.bufferedAmount === 0 || sentBytes !== one.sentBytes) {
      one.sentBytes = sentBytes
      one.blockedSinceMs = nowMs
    } else if (nowMs - one.blockedSinceMs >= stallTimeoutMs) {
      return cutOff(one, 'a WebSocket client stalled')
    }
    const readBytes = socket.bytesRead ?? 0
    if (readBytes !== one.readBytes || ws.isPaused) {
      one.readBytes = readBytes
      one.quietSinceMs = nowMs
      one.isPinged = false
    } else if (pingIntervalMs > 0 && nowMs - one.quietSinceMs >= pingIntervalMs) {
      if (one.isPinged) return cutOff(one, 'a WebSocket client is gone')
      one.isPinged = true
      one.quietSinceMs = nowMs
      ws.ping()
    }
  }

  const sweep = () => {
    const nowMs = performance.now()
    for (const one of live) look(one, nowMs)
  }
  setInterval(sweep, everyMs).unref()
}

/** An open WebSocket, for a log line. */
export function describe({ ws, path, openedAtMs }: LiveWebSocket): LogFields {
  const ageMs = Math.round(performance.now() - openedAtMs)
  return { path, ageMs, bufferedBytes: ws.bufferedAmount }
}
