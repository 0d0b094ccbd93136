import type { Logger } from '@mooring/core'
import type { Counter } from './metrics.ts'

const everyMs = 1_000

/** Counts what may happen very often, and says so at most once a second. */
export interface Tally {
  /** @param details of the event that the next line tells of, which is the first one */
  readonly add: (details?: Readonly<Record<string, unknown>>) => void
}

export function createTally(log: Logger, message: string, counter: Counter): Tally {
  let count = 0
  return {
    add(details) {
      counter.add()
      count += 1
      if (count > 1) return
      const tell = () => {
        log.warn(message, { count, ...details })
        count = 0
      }
      setTimeout(tell, everyMs).unref()
    },
  }
}
