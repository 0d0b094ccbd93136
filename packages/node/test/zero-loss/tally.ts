/** How a request ended, seen from its client. All but the first is a loss. */
export const outcomes = ['right', 'wrong', 'reset', 'refused', 'timed out'] as const
export type Outcome = (typeof outcomes)[number]

/**
 * Requests by outcome. `again` counts what a protocol told its client to send once more: an HTTP/2
 * request above the last one that a GOAWAY names (RFC 9113 §6.8), a WebSocket message that crossed a
 * close with 1012. The repetition is the same request: it ends in one of the outcomes.
 */
export type Counts = Record<Outcome | 'again', number>

/** A request under way. */
export interface Attempt {
  readonly kind: string
  readonly startedAtMs: number
  /** How often the protocol said to send it once more. */
  again: number
  /** The process that answers, where the head of its response has arrived. */
  servedBy?: number
}

/** A request that did not get its answer. */
export interface Loss extends Attempt {
  readonly outcome: Outcome
  readonly detail: string
  readonly endedAtMs: number
}

export interface Tally {
  readonly begin: (kind: string) => Attempt
  readonly end: (attempt: Attempt, error?: unknown) => void
  readonly inFlight: () => number
  readonly counts: ReadonlyMap<string, Counts>
  readonly losses: readonly Loss[]
}

export function createTally(): Tally {
  const counts = new Map<string, Counts>()
  const losses: Loss[] = []
  const underWay = new Set<Attempt>()
  return {
    counts,
    losses,
    inFlight: () => underWay.size,
    begin(kind) {
      const attempt: Attempt = { kind, startedAtMs: performance.now(), again: 0 }
      underWay.add(attempt)
      return attempt
    },
    end(attempt, error) {
      underWay.delete(attempt)
      const outcome = error === undefined ? 'right' : outcomeOf(error)
      const of = counts.get(attempt.kind) ?? noCounts()
      counts.set(attempt.kind, of)
      of[outcome] += 1
      of.again += attempt.again
      if (outcome === 'right') return
      losses.push({ ...attempt, outcome, detail: describe(error), endedAtMs: performance.now() })
    },
  }
}

export function noCounts(): Counts {
  return { right: 0, wrong: 0, reset: 0, refused: 0, 'timed out': 0, again: 0 }
}

export function sum(all: Iterable<Counts>): Counts {
  const total = noCounts()
  for (const counts of all) {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name]
  }
  return total
}

/** What was asked for did not come right. */
export function lost(of: Counts): number {
  return of.wrong + of.reset + of.refused + of['timed out']
}

/** An answer came, and it is not the right one. */
export class WrongAnswer extends Error {}

/** A connection that ends with a close frame, or without one, where none should. */
export class UnexpectedEnd extends Error {}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof WrongAnswer) return 'wrong'
  const { name, code } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') return 'timed out'
  return code === 'ECONNREFUSED' ? 'refused' : 'reset'
}

function describe(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException
  return `${code ?? name}: ${message}`
}
