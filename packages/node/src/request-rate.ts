import { readCount, type Tally } from '@mooring/port-bound'
import type { Guard } from './guard.ts'

/** How long a connection may ask as fast as it likes, before its rate counts. */
const burstMs = 1_000

/**
 * `MAX_REQUEST_RATE`: requests a second on one connection. What comes faster for longer than a second
 * is answered 429, and the connection ends: a flood that was sent at once must not be worked off. One
 * of HTTP/2 goes on, since each of its requests is refused alone.
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
    const { stream } = incoming as { stream?: { session?: object } }
    // Each stream of HTTP/2 has a socket of its own.
    const connection = stream?.session ?? incoming.socket
    const dueMs = Math.max(next.get(connection) ?? 0, nowMs) + everyMs
    // What was sent behind a refused request gets no answer: its connection is ending.
    if (dueMs === Infinity) return true
    const isTooFast = dueMs - nowMs > burstMs
    if (!isTooFast || !stream) next.set(connection, isTooFast ? Infinity : dueMs)
    if (!isTooFast) return false
    refused.add({ peer: incoming.socket.remoteAddress, mostPerSecond: rate })
    const reason = `Too Many Requests: at most ${rate} a second on one connection`
    incoming.refuse(outgoing, 429, reason, { Connection: 'close', 'Retry-After': 1 })
    return true
  }
}
