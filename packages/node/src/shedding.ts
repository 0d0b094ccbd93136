import { AsyncLocalStorage } from 'node:async_hooks'
import { readDuration, type Tally } from '@mooring/port-bound'
import { watchLoop } from './event-loop/loop-watch.ts'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'
import { createTurnQueue } from './turn-queue.ts'

/** From this lateness of the loop on, requests queue up. */
const lateMs = 50

/** An overload, and queueing, end when neither has been needed for this long. */
const calmMs = 1_000

/** Clients are told to come back within so many seconds, not all in the same one. */
const retryWithinSeconds = 3

type Listen = (incoming: Incoming, outgoing: Reply) => unknown

interface Waiting {
  readonly incoming: Incoming
  readonly outgoing: Reply
  /** Runs a function where the request came from, for what tracing keeps there. */
  readonly inContext: (listen: Listen, incoming: Incoming, outgoing: Reply) => unknown
  sinceMs: number
}

/**
 * `SHED_DELAY`: how long requests may wait; past it they are refused with 503 and `Retry-After`, so
 * that the others are answered while somebody still waits for them. `0s` refuses none. @default 1s,
 * as long as a kubelet waits for a probe before it counts the process as dead
 *
 * While the event loop is late, requests queue up and are taken a few each turn of the loop. So turns
 * stay short, the time each has waited is known, and connections and probes get in between. That a
 * queue is long is no overload while it empties: it takes waits above the setting, without one below
 * it, for twice as long again (as CoDel has it, RFC 8289). One block of the loop is none, and neither
 * is a client that sends one slow request after the other. An overload ends when waits have been
 * below half of the setting for a second.
 *
 * While the loop is in time this costs a timer every 100 ms, and only while requests come.
 *
 * @returns what stands before the listener; `undefined` where the setting is 0
 * @throws MOORING_E_SETTING
 */
export function shedByDelay(
  env: NodeJS.ProcessEnv,
  refused: Tally,
): ((listen: Listen) => Listen) | undefined {
  const mostMs = readDuration(env, 'SHED_DELAY', 1_000)
  return mostMs === 0 ? undefined : (listen) => createShedding(listen, mostMs, refused)
}

function createShedding(listen: Listen, mostMs: number, refused: Tally): Listen {
  const queue = createTurnQueue(take)
  let isWatched = false
  let wasAsked = false
  /** When the loop was last late; `undefined` while nothing queues. */
  let lateAtMs: number | undefined
  /** Since when nothing has been taken that had waited less than it may. */
  let aboveSinceMs: number | undefined
  /** When the overload was last seen; `undefined` while there is none. */
  let overloadedAtMs: number | undefined

  function take({ incoming, outgoing, inContext, sinceMs }: Waiting): void {
    // The client went away while it waited.
    if (outgoing.destroyed) return
    const nowMs = performance.now()
    const waitedMs = nowMs - sinceMs
    if (isTooLong(waitedMs, nowMs)) refuse(incoming, outgoing, waitedMs)
    else inContext(listen, incoming, outgoing)
  }

  function isTooLong(waitedMs: number, nowMs: number): boolean {
    aboveSinceMs = waitedMs < mostMs ? undefined : (aboveSinceMs ?? nowMs)
    const isLasting = aboveSinceMs !== undefined && nowMs - aboveSinceMs >= 2 * mostMs
    const goesOn = overloadedAtMs !== undefined && waitedMs >= mostMs / 2
    if (isLasting || goesOn) overloadedAtMs = nowMs
    return overloadedAtMs !== undefined && waitedMs >= mostMs
  }

  function refuse(incoming: Incoming, outgoing: Reply, waitedMs: number): void {
    refused.add({ waitedMs: Math.round(waitedMs) })
    const seconds = Math.ceil(Math.random() * retryWithinSeconds)
    incoming.refuse(outgoing, 503, 'Service Unavailable: overloaded', { 'Retry-After': seconds })
  }

  function onLook(late: number): boolean {
    const nowMs = performance.now()
    if (late >= lateMs || !queue.isEmpty()) lateAtMs = nowMs
    else if (nowMs - (lateAtMs ?? nowMs) >= calmMs) lateAtMs = undefined
    if (nowMs - (overloadedAtMs ?? nowMs) >= calmMs) overloadedAtMs = undefined
    if (queue.isEmpty()) aboveSinceMs = undefined
    isWatched = wasAsked || lateAtMs !== undefined || overloadedAtMs !== undefined
    wasAsked = false
    return isWatched
  }

  return (incoming, outgoing) => {
    wasAsked = true
    if (!isWatched) {
      isWatched = true
      watchLoop(onLook)
    }
    if (lateAtMs === undefined) return listen(incoming, outgoing)
    const waiting = { incoming, outgoing, inContext: AsyncLocalStorage.snapshot(), sinceMs: 0 }
    waiting.sinceMs = queue.add(waiting)
    return undefined
  }
}
