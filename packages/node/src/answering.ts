import type { Server } from 'node:http'
import type { Answering } from '@mooring/port-bound'
import { type Connections, emptyAcceptQueue } from './connections.ts'
import { describeRequest, giveReason } from './exchange.ts'

/**
 * A Node server as the lifecycle knows it.
 *
 * @param stopAccepting closes the listener, and leaves the connections alone
 */
export function answering(
  server: Server,
  connections: Connections,
  stopAccepting: () => void,
): Answering {
  return {
    inFlight: () =>
      connections.exchanges().map(({ response }) => ({
        describe: () => describeRequest(response),
        giveReason: (reason) => giveReason(response, reason),
      })),
    onRequest(heard) {
      server.on('request', heard)
      return () => void server.off('request', heard)
    },
    announceEnd: connections.announceEnd,
    emptyAcceptQueue: (atMostMs) => emptyAcceptQueue(server, atMostMs),
    stopAccepting,
    drain: connections.drain,
    destroy: connections.destroy,
  }
}
