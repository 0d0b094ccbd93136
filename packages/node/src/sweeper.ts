import type { Logger } from '@mooring/core'
import type { Metrics } from '@mooring/port-bound'
import type { Connections } from './connections.ts'
import { describeRequest, type Exchange, giveReason, type OpenResponse } from './exchange.ts'
import type { Limits } from './limits.ts'

const everyMs = 1_000

/** What an exchange was at when it was last seen to move. */
interface Progress {
  readonly progress: number | string
  readonly sinceMs: number
  /** Since when its request is whole, as far as was seen. */
  readonly wholeSinceMs: number | undefined
}

/**
 * Looks at every request being answered once a second, so that no request needs a timer of its own:
 *
 * - no head of a response in time, counted from the end of the request: 503, and the request's signal
 *   aborts; so it is where the handler does not read what the client would send
 * - a request body or a response body that no longer moves: 408, or it is cut off
 *
 * It goes on while the process drains.
 */
export function startSweeper(
  connections: Connections,
  limits: Limits,
  log: Logger,
  metrics: Metrics,
): void {
  const { responseTimeoutMs, stallTimeoutMs } = limits
  const stalled = metrics.counter(
    'mooring_stalled_requests_total',
    'Requests that were cut off because the client neither sent nor read.',
  )
  const late = metrics.counter(
    'mooring_late_requests_total',
    'Requests that were answered 503 because the handler did not answer in time.',
  )
  const seen = new WeakMap<OpenResponse, Progress>()

  function sweep(): void {
    const nowMs = performance.now()
    for (const exchange of connections.exchanges()) {
      const { response, progress } = exchange
      const before = seen.get(response)
      const startedAtMs = nowMs - describeRequest(response).ageMs
      const firstMs = before ? nowMs : startedAtMs
      const wholeSinceMs = exchange.hasWholeRequest ? (before?.wholeSinceMs ?? firstMs) : undefined
      const sinceMs = before?.progress === progress ? before.sinceMs : nowMs
      if (sinceMs === nowMs || wholeSinceMs !== before?.wholeSinceMs) {
        seen.set(response, { progress, sinceMs, wholeSinceMs })
      }
      if (exchange.isWaitingForPeer) {
        if (nowMs - sinceMs < stallTimeoutMs) continue
        stalled.add()
        cutOff(exchange, 408, 'the client stalled')
      } else if (!response.headersSent && nowMs - (wholeSinceMs ?? sinceMs) >= responseTimeoutMs) {
        late.add()
        cutOff(exchange, 503, 'the handler did not answer in time')
      }
    }
  }

  function cutOff(exchange: Exchange, status: 408 | 503, message: string): void {
    log.warn(message, { ...describeRequest(exchange.response) })
    giveReason(exchange.response, message)
    exchange.cutOff(status)
  }

  setInterval(sweep, everyMs).unref()
}
