/** How long to wait before something that ended by itself is started again. */
export interface Backoff {
  /** It ended. @returns the milliseconds to wait */
  readonly next: (livedMs: number) => number
}

const delaysMs: readonly number[] = [0, 500, 1_000, 2_000, 5_000]

/** Having lived this long, it counts as well again. */
const wellAfterMs = 10_000

export function createBackoff(): Backoff {
  let failures = 0
  return {
    next(livedMs) {
      if (livedMs >= wellAfterMs) failures = 0
      const delay = delaysMs[Math.min(failures, delaysMs.length - 1)]!
      failures++
      return delay
    },
  }
}
