import { type Clause, fail, notApplicable, type Outcome } from './clause.ts'
import { probe, type Trouble } from './probe.ts'
import { guard } from './reap.ts'
import { removeScratch, Subject } from './subject.ts'
import type { Target } from './target.ts'
import { within } from './wait.ts'

/** One clause and what its check found. */
export interface Result {
  readonly clause: Clause
  readonly outcome: Outcome
  readonly ms: number
}

export interface RunOptions {
  /** How many clauses run beside each other. @default 4 */
  readonly concurrency?: number
  readonly onStart?: (clause: Clause) => void
  readonly onResult?: (result: Result) => void
  /** Hears why the command does not come to work, where it does not. */
  readonly onTrouble?: (trouble: Trouble) => void
}

/** Whether every MUST holds. */
export function isConforming(results: readonly Result[]): boolean {
  return results.every(
    ({ clause, outcome }) => clause.level !== 'MUST' || outcome.result !== 'fail',
  )
}

/**
 * Holds the command against the clauses of its profile, and gives the results in their order. Nothing
 * that was started is left, whatever happens.
 */
export async function run(
  asked: Target,
  clauses: readonly Clause[],
  { concurrency = 4, onStart, onResult, onTrouble }: RunOptions = {},
): Promise<Result[]> {
  guard(removeScratch)
  const { target, trouble } = await probe(asked)
  if (trouble) onTrouble?.(trouble)
  const chosen = clauses.filter(({ profiles }) => profiles.includes(target.profile))
  const isSaid = chosen.some(isSaidBy)
  const results = new Map<Clause, Result>()
  const judge = async (clause: Clause) => {
    onStart?.(clause)
    const began = performance.now()
    const outcome =
      trouble && !isSaidBy(clause) ? unjudged(trouble, isSaid) : await judgeOne(target, clause)
    const result = { clause, outcome, ms: Math.round(performance.now() - began) }
    results.set(clause, result)
    onResult?.(result)
  }
  const waiting = chosen.filter(({ waits }) => waits)
  const together = chosen.filter(({ alone, waits }) => !alone && !waits)
  const worker = async () => {
    for (let next = together.shift(); next !== undefined; next = together.shift()) await judge(next)
  }
  await Promise.all([...waiting.map(judge), ...Array.from({ length: concurrency }, worker)])
  for (const clause of chosen.filter(({ alone }) => alone)) await judge(clause)
  removeScratch()
  return chosen.flatMap((clause) => results.get(clause) ?? [])
}

/** That a command never works is said by the clauses about the start, and not by each of a hundred. */
function isSaidBy({ section }: Clause): boolean {
  return section === 'Address' || section === 'Boot'
}

/** A clause of a command that does not come to work; where no other says so, none of them holds. */
function unjudged({ got }: Trouble, isSaid: boolean): Outcome {
  if (isSaid) return notApplicable('the command does not come to work')
  return fail('a start', 'that it comes to work', got)
}

async function judgeOne(target: Target, clause: Clause): Promise<Outcome> {
  const subject = new Subject(target)
  const limitMs = 90_000 + 3 * (target.bootMs + target.graceMs + target.stallMs)
  const outcome = await within(subject.judge(clause.check), limitMs)
  if (outcome !== undefined) return outcome
  await subject.dispose()
  const expected = `its end within ${Math.round(limitMs / 1000)} s`
  return fail('the check of this clause', expected, 'nothing by then')
}
