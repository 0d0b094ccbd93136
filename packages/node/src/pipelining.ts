import type { Socket } from 'node:net'
import type { Tally } from '@mooring/port-bound'
import type { Guard } from './guard.ts'

/** As many as one connection of HTTP/2 may have at once (RFC 9113 §6.5.2 recommends no fewer). */
const mostWaiting = 100

/**
 * Limits what one connection may have begun. Node hands over every request that is pipelined, however
 * many are before it: some kilobytes would start thousands of handlers. The one past the limit is
 * answered 429 in its turn, and the connection ends.
 *
 * A request whose turn to be answered has come costs one comparison.
 */
export function limitPipelining(refused: Tally): Guard {
  const waiting = new WeakMap<Socket, number>()
  return (incoming, outgoing) => {
    if (outgoing.socket !== null) return false
    const { socket } = incoming
    const count = (waiting.get(socket) ?? 0) + 1
    waiting.set(socket, count)
    if (count === Infinity) return true
    if (count <= mostWaiting) {
      outgoing.once('socket', () => waiting.set(socket, waiting.get(socket)! - 1))
      return false
    }
    waiting.set(socket, Infinity)
    socket.pause()
    refused.add({ peer: socket.remoteAddress, mostWaiting })
    const reason = `Too Many Requests: ${mostWaiting} wait on this connection`
    incoming.refuse(outgoing, 429, reason, { Connection: 'close' })
    return true
  }
}
