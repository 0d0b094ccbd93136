import type { Logger } from '@mooring/core'

/** The work that outlives its response: what `executionCtx.waitUntil` was given. */
export interface BackgroundWork {
  /** One execution context serves every request: nothing in it belongs to one. */
  readonly executionCtx: {
    waitUntil(work: Promise<unknown>): void
    passThroughOnException(): void
    readonly props: Readonly<Record<string, never>>
  }
  readonly count: () => number
  /** Resolves when none is left, including what the work itself began. */
  readonly settled: () => Promise<void>
}

export function trackBackgroundWork(log: Logger): BackgroundWork {
  const pending = new Set<Promise<unknown>>()
  return {
    executionCtx: {
      waitUntil(work) {
        const tracked = Promise.resolve(work)
          .catch((error: unknown) => log.error('background work failed', { error }))
          .finally(() => pending.delete(tracked))
        pending.add(tracked)
      },
      // There is no origin behind a port-bound app to pass through to.
      passThroughOnException() {},
      props: {},
    },
    count: () => pending.size,
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
