import type { Socket } from 'node:net'
import type { Connections } from './connections.ts'
import { isBusy } from './exchange.ts'

const everyMs = 1_000

/** Since when a connection has had no request, and received nothing. */
interface Idle {
  readonly bytesRead: number
  readonly sinceMs: number
}

/**
 * Ends connections that have brought no request for `keepAliveTimeoutMs`, or up to two seconds more.
 * A look at all of them each second instead of a timer for each response. The head of a first request
 * has a time of its own.
 *
 * @param keepAliveTimeoutMs 0 ends none
 */
export function endIdleConnections(connections: Connections, keepAliveTimeoutMs: number): void {
  if (keepAliveTimeoutMs === 0) return
  let idle = new Map<Socket, Idle>()

  function look(): void {
    const nowMs = performance.now()
    const still = new Map<Socket, Idle>()
    for (const socket of connections.http1()) {
      const { bytesRead } = socket
      if (isBusy(socket) || socket.bytesWritten === 0) continue
      const before = idle.get(socket)
      if (before?.bytesRead !== bytesRead) still.set(socket, { bytesRead, sinceMs: nowMs })
      else if (nowMs - before.sinceMs < keepAliveTimeoutMs) still.set(socket, before)
      else socket.destroy()
    }
    idle = still
  }

  setInterval(look, everyMs).unref()
}
