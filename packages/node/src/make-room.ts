import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { createTally, type Metrics } from '@mooring/port-bound'
import type { Connections } from './connections.ts'
import { isBusy } from './exchange.ts'

/** Places that are kept free for who comes next, a probe for example. */
const mostFree = 16

/** A connection is idle that has sent nothing for this long, or up to twice as long. */
const idleMs = 1_000

/**
 * Near `maxConnections` the oldest connection that is idle makes room for a new one, as nginx reuses
 * its: who only holds connections must not lock out those who ask. With all of them busy, further
 * ones are dropped. Costs a look at the connections each second from half of the limit on.
 */
export function makeRoom(
  server: Server,
  connections: Connections,
  log: Logger,
  metrics: Metrics,
): void {
  const most = server.maxConnections
  const full = most - Math.min(Math.floor(most / 8), mostFree)
  if (most === Infinity || full === most) return
  const help = 'Idle connections that were ended to make room for new ones.'
  const counter = metrics.counter('mooring_evicted_connections_total', help)
  const ended = createTally(log, 'idle connections were ended to make room', counter)
  /** What each had received when it was last looked at. */
  let received = new WeakMap<Socket, number>()
  let idle: Socket[] = []

  const isIdle = (socket: Socket) => !isBusy(socket) && received.get(socket) === socket.bytesRead

  /** Ends as many as are past what leaves some places free. */
  function end(): void {
    let over = connections.count() - full
    while (over > 0 && idle.length > 0) {
      const socket = idle.pop()!
      if (socket.destroyed || !isIdle(socket)) continue
      socket.destroy()
      ended.add({ maxConnections: most })
      over -= 1
    }
  }

  function look(): void {
    const open = connections.count() > most / 2 ? connections.http1() : []
    idle = open.filter(isIdle).toReversed()
    received = new WeakMap(open.map((socket) => [socket, socket.bytesRead]))
    end()
  }

  setInterval(look, idleMs).unref()
  server.on('connection', end)
}
