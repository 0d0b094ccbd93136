import type { Logger } from '@mooring/core'
import type { FetchExchanges } from './fetch-exchange.ts'
import type { FetchServer } from './fetch-runtime.ts'
import type { FetchWebSockets } from './fetch-web-sockets.ts'
import type { Answering } from '../answering.ts'

/**
 * A runtime does not tell of connections, only of requests: without a new one for as long, nothing
 * is queued that could be seen.
 */
const quietMs = 100

/** A server of a runtime that calls `fetch`, as the lifecycle knows it. */
export function answeringFetch(
  server: FetchServer,
  exchanges: FetchExchanges,
  webSockets: FetchWebSockets,
  log: Logger,
): Answering {
  let stopped: Promise<void> | undefined
  return {
    inFlight: () => [...exchanges.all],
    onRequest: exchanges.onRequest,
    announceEnd() {},
    async emptyAcceptQueue(atMostMs) {
      const startedMs = performance.now()
      let lastMs = startedMs
      const unsubscribe = exchanges.onRequest(() => void (lastMs = performance.now()))
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        const nowMs = performance.now()
        if (nowMs - lastMs >= quietMs || nowMs - startedMs >= atMostMs) break
      }
      unsubscribe()
    },
    stopAccepting: () => void (stopped ??= server.stop()),
    async drain() {
      await Promise.all([stopped, webSockets.drain()])
    },
    destroy() {
      const bodies = (server.pending?.() ?? 0) - exchanges.all.size
      if (bodies > 0) log.error('responses were cut off in their bodies', { count: bodies })
      const sockets = webSockets.count()
      if (sockets > 0) log.error('WebSockets were cut off', { count: sockets })
      server.destroy()
    },
  }
}
