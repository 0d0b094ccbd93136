import type { Logger } from '@mooring/core'

/** Work that is not done, for a log line. */
export interface PendingWork {
  readonly name: string
  readonly ageMs: number
}

/** The work that outlives its response: what `executionCtx.waitUntil` was given. */
export interface BackgroundWork {
  /** One execution context serves every request: nothing in it belongs to one. */
  readonly executionCtx: {
    waitUntil(work: Promise<unknown>): void
    passThroughOnException(): void
    readonly props: Readonly<Record<string, never>>
  }
  /** The same, by the name that a log shall call it. */
  readonly waitUntil: (work: Promise<unknown>, name: string) => void
  readonly count: () => number
  /** What is not done. */
  readonly pending: () => readonly PendingWork[]
  /** Resolves when none is left, including what the work itself began. */
  readonly settled: () => Promise<void>
}

export function trackBackgroundWork(log: Logger): BackgroundWork {
  const pending = new Map<Promise<unknown>, { name: string; startedAtMs: number }>()

  function waitUntil(work: Promise<unknown>, name: string): void {
    const tracked = Promise.resolve(work)
      .catch((error: unknown) => log.error('background work failed', { error }))
      .finally(() => pending.delete(tracked))
    pending.set(tracked, { name, startedAtMs: performance.now() })
  }

  return {
    waitUntil,
    executionCtx: {
      waitUntil: (work) => waitUntil(work, 'background work'),
      // There is no origin behind a port-bound app to pass through to.
      passThroughOnException() {},
      props: {},
    },
    count: () => pending.size,
    pending: () =>
      [...pending.values()].map(({ name, startedAtMs }) => ({
        name,
        ageMs: Math.round(performance.now() - startedAtMs),
      })),
    async settled() {
      while (pending.size > 0) await Promise.all(pending.keys())
    },
  }
}
