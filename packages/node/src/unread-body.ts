import { unreadLimits } from '@mooring/port-bound'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'

/** How much of it is kept for who has begun to read, and may go on behind the answer. */
const mostKeptBytes = 1024 ** 2

/**
 * Sees to what is left of a request's body when its response is done: the next request on the
 * connection comes after it.
 */
export function discardUnread(incoming: Incoming, reply: Reply): void {
  reply.once('close', () => {
    if (incoming.complete || incoming.destroyed) return
    if (incoming.httpVersionMajor === 2) reply.finish()
    else discard(incoming)
  })
}

function discard(incoming: Incoming): void {
  const { socket } = incoming
  let bytes = 0
  const timer = setTimeout(stop, unreadLimits.ms).unref()
  function stop(): void {
    clearTimeout(timer)
    incoming.off('data', count)
    if (!incoming.readableEnded) socket.destroySoon()
  }
  function count(chunk: Uint8Array): void {
    bytes += chunk.length
    if (bytes > unreadLimits.bytes) stop()
    // Who has begun to read gets this too; that nobody does any more must not keep the next request.
    else if (bytes <= mostKeptBytes) incoming.resume()
  }
  incoming.on('data', count).resume()
  incoming.once('end', stop)
  incoming.once('error', stop)
}
