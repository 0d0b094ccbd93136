import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { type Connections, describeRequest } from './connections.ts'
import type { Limits } from './limits.ts'

const everyMs = 1_000

/** What a busy connection had moved when it was last seen to move. */
interface Progress {
  readonly bytes: number
  readonly sinceMs: number
}

/**
 * Looks at every busy connection once a second, so that no request needs a timer of its own:
 *
 * - no head of a response in time: 503, and the request's signal aborts
 * - a request body or a response body that no longer moves: 408, or the connection is reset
 *
 * It goes on while the process drains.
 */
export function startSweeper(connections: Connections, limits: Limits, log: Logger): void {
  const { responseTimeoutMs, stallTimeoutMs } = limits
  const seen = new WeakMap<Socket, Progress>()

  function sweep(): void {
    const nowMs = performance.now()
    for (const [socket, response] of connections.responses()) {
      const bytes = socket.bytesRead + socket.bytesWritten
      const before = seen.get(socket)
      if (before?.bytes !== bytes) seen.set(socket, { bytes, sinceMs: nowMs })
      else if (nowMs - before.sinceMs >= stallTimeoutMs && isWaitingForPeer(socket, response)) {
        cutOff(socket, response, '408 Request Timeout', 'the client stalled')
        continue
      }
      const { ageMs } = describeRequest(response)
      if (!response.headersSent && response.req.complete && ageMs >= responseTimeoutMs) {
        cutOff(socket, response, '503 Service Unavailable', 'the handler did not answer in time')
      }
    }
  }

  function cutOff(socket: Socket, response: ServerResponse, status: string, message: string): void {
    log.warn(message, { ...describeRequest(response) })
    if (response.headersSent) {
      socket.resetAndDestroy()
      return
    }
    // Past the response object, which the handler still has: what it writes later goes nowhere, and
    // that its response never finished is what makes the request's signal abort.
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    setTimeout(() => socket.destroy(), everyMs).unref()
  }

  setInterval(sweep, everyMs).unref()
}

/** Whether it is the peer that must send (the rest of its body) or read (what is buffered for it). */
function isWaitingForPeer(socket: Socket, response: ServerResponse): boolean {
  return !response.req.complete || socket.writableLength > 0
}
