import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Kv } from '@mooring/core'

/** How long a claim is kept: far beyond the time for which its minute may still be claimed. */
const claimMs = 7 * 86_400_000

/** How long it is known when a schedule ran last; longer than any cron expression waits, in a year. */
const lastMs = 400 * 86_400_000

/** How a run ended, or that it did not. */
type Outcome = 'running' | 'done' | 'failed' | 'missed'

interface Claim {
  readonly by: string
  readonly outcome: Outcome
}

/** Which minutes of one schedule were run, and by whom: the same for all processes. */
export interface Claims {
  /**
   * @param again whether an earlier try may have been written although it failed
   * @returns whether the minute belongs to this process
   */
  readonly claim: (at: Date, outcome: Outcome, again?: boolean) => Promise<boolean>
  readonly end: (at: Date, outcome: Outcome) => Promise<void>
  /** The last minute that was claimed; the first time, the one that is given. */
  readonly last: (otherwise: Date) => Promise<Date>
  readonly setLast: (at: Date) => Promise<void>
  /** Who has claimed a minute and not said that it ended. */
  readonly unfinished: (at: Date) => Promise<string | undefined>
}

/** One for each process: of two with the same id, as in containers, the rest differs. */
const me = `${hostname()}:${process.pid}:${randomUUID()}`

/** Keeps the claims of a schedule in a store that decides in one place. */
export function createClaims(store: Kv, name: string, cron: string): Claims {
  const keyOf = (at: Date) => `${name}/at/${at.toISOString()}`
  // Another expression has other minutes: what it missed before it was declared is no loss.
  const lastKey = `${name}/last/${cron}`
  const textOf = (outcome: Outcome) => JSON.stringify({ by: me, outcome } satisfies Claim)
  const read = async (at: Date) => {
    const text = await store.get(keyOf(at))
    return text === undefined ? undefined : (JSON.parse(text) as Claim)
  }

  return {
    async claim(at, outcome, again = false) {
      const isFirst = await store.putIfAbsent(keyOf(at), textOf(outcome), { ttlMs: claimMs })
      return isFirst || (again && (await read(at))?.by === me)
    },
    end: (at, outcome) => store.put(keyOf(at), textOf(outcome), { ttlMs: claimMs }),
    async last(otherwise) {
      const text = otherwise.toISOString()
      if (await store.putIfAbsent(lastKey, text, { ttlMs: lastMs })) return otherwise
      return new Date((await store.get(lastKey)) ?? text)
    },
    setLast: (at) => store.put(lastKey, at.toISOString(), { ttlMs: lastMs }),
    async unfinished(at) {
      const claim = await read(at)
      return claim?.outcome === 'running' ? claim.by : undefined
    },
  }
}
