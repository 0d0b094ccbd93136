import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { createTally, type Metrics } from '@mooring/port-bound'
import type { Connections } from './connections.ts'
import { isIdle } from './idle-connections.ts'

/** Places that are kept free for who comes next, a probe for example. */
const mostFree = 16

/** How often the idle ones are looked for: those that have sent nothing for one to two seconds. */
const everyMs = 1_000

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
  let idle: Socket[] = []

  /** Ends as many as are past what leaves some places free. */
  function end(): void {
    let over = connections.count() - full
    while (over > 0 && idle.length > 0) {
      const socket = idle.pop()!
      if (socket.destroyed || !isIdle(socket, connections.seen(socket))) continue
      socket.destroy()
      ended.add({ maxConnections: most })
      over -= 1
    }
  }

  function look(): void {
    idle = []
    if (connections.count() <= most / 2) return
    connections.eachHttp1((socket, seen) => {
      if (isIdle(socket, seen)) idle.push(socket)
    })
    idle.reverse()
    end()
  }

  setInterval(look, everyMs).unref()
  server.on('connection', end)
}
