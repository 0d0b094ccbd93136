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
}

/**
 * Looks at every request being answered once a second, so that no request needs a timer of its own:
 *
 * - no head of a response in time: 503, and the request's signal aborts
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
      if (before?.progress !== progress) seen.set(response, { progress, sinceMs: nowMs })
      else if (nowMs - before.sinceMs >= stallTimeoutMs && exchange.isWaitingForPeer) {
        stalled.add()
        cutOff(exchange, 408, 'the client stalled')
        continue
      }
      const { ageMs } = describeRequest(response)
      if (!response.headersSent && exchange.hasWholeRequest && ageMs >= responseTimeoutMs) {
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
