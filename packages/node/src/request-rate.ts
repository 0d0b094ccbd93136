import type { Guard } from './guards.ts'
import { readCount } from './settings.ts'
import type { Tally } from './tally.ts'

/** How long a connection may ask as fast as it likes, before its rate counts. */
const burstMs = 1_000

/**
 * `MAX_REQUEST_RATE`: requests a second on one connection. What comes faster for longer than a second
 * is answered 429, and the connection ends: a flood that was sent at once must not be worked off.
 *
 * @returns `undefined` where it is not set
 * @throws MOORING_E_SETTING
 */
export function limitRequestRate(env: NodeJS.ProcessEnv, refused: Tally): Guard | undefined {
  const rate = readCount(env, 'MAX_REQUEST_RATE')
  if (!rate) return undefined
  const everyMs = 1_000 / rate
  // When the next request of a connection would come if it kept to its rate (GCRA: a token bucket
  // that is one number).
  const next = new WeakMap<object, number>()
  return (incoming, outgoing) => {
    const nowMs = outgoing.startedAtMs
    const connection = connectionOf(incoming)
    const dueMs = Math.max(next.get(connection) ?? 0, nowMs) + everyMs
    next.set(connection, dueMs)
    if (dueMs - nowMs <= burstMs) return false
    // What was sent behind a refused request gets no answer: its connection is ending.
    if (dueMs === Infinity) return true
    next.set(connection, Infinity)
    refused.add({ peer: incoming.socket.remoteAddress, mostPerSecond: rate })
    const reason = `Too Many Requests: at most ${rate} a second on one connection`
    incoming.refuse(outgoing, 429, reason, { Connection: 'close', 'Retry-After': 1 })
    return true
  }
}

/** What stays the same for all requests of a connection. Each stream of HTTP/2 has a socket of its own. */
function connectionOf(incoming: Parameters<Guard>[0]): object {
  const { stream } = incoming as { stream?: { session?: object } }
  return stream?.session ?? incoming.socket
}
