import type { Socket } from 'node:net'
import type { Connections, Seen } from './connections.ts'
import { isBusy } from './exchange.ts'

const everyMs = 1_000

/**
 * Notes since when each connection is idle, and ends those that have brought no request for
 * `keepAliveTimeoutMs`, or up to two seconds more. A look at all of them each second instead of a
 * timer for each response. The head of a first request has a time of its own.
 *
 * @param keepAliveTimeoutMs 0 ends none
 */
export function endIdleConnections(connections: Connections, keepAliveTimeoutMs: number): void {
  const mostMs = keepAliveTimeoutMs === 0 ? Infinity : keepAliveTimeoutMs

  function look(): void {
    // Whole, since it is kept: a fraction would be an object of its own for each connection.
    const nowMs = Math.round(performance.now())
    connections.eachHttp1((socket, seen) => {
      const bytesRead = isBusy(socket) ? -1 : socket.bytesRead
      if (bytesRead === -1 || bytesRead !== seen.bytesRead) {
        seen.bytesRead = bytesRead
        seen.sinceMs = nowMs
      } else if (nowMs - seen.sinceMs >= mostMs && socket.bytesWritten > 0) socket.destroy()
    })
  }

  setInterval(look, everyMs).unref()
}

/** Whether a connection has had no request and received nothing since it was looked at before. */
export function isIdle(socket: Socket, seen: Readonly<Seen> | undefined): boolean {
  const isSame = seen?.bytesRead === socket.bytesRead
  return isSame && !isBusy(socket) && performance.now() - seen.sinceMs > everyMs / 2
}
