import type { Clause } from './clause.ts'
import { fail, notApplicable, type Outcome } from './outcome.ts'
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
  const judged = trouble ? chosen.filter(isAboutStart) : chosen
  const results = new Map<Clause, Result>()
  const tell = (result: Result) => {
    results.set(result.clause, result)
    onResult?.(result)
  }
  const judge = async (clause: Clause) => {
    onStart?.(clause)
    const began = performance.now()
    const outcome = await judgeOne(target, clause)
    tell({ clause, outcome, ms: Math.round(performance.now() - began) })
  }
  const waiting = judged.filter(({ waits }) => waits)
  const together = judged.filter(({ alone, waits }) => !alone && !waits)
  const worker = async () => {
    for (let next = together.shift(); next !== undefined; next = together.shift()) await judge(next)
  }
  await Promise.all([...waiting.map(judge), ...Array.from({ length: concurrency }, worker)])
  for (const clause of judged.filter(({ alone }) => alone)) await judge(clause)
  if (trouble) {
    const isSaid = [...results.values()].some(({ outcome }) => outcome.result === 'fail')
    const outcome = unjudged(trouble, isSaid)
    for (const clause of chosen) if (!judged.includes(clause)) tell({ clause, outcome, ms: 0 })
  }
  removeScratch()
  return chosen.flatMap((clause) => results.get(clause) ?? [])
}

/** What never works is said once, by the clauses about the start, and not by each of a hundred. */
function isAboutStart({ section }: Clause): boolean {
  return section === 'Address' || section === 'Boot'
}

/**
 * The clauses that are not about the start, of a command that does not come to work.
 *
 * @param isSaid whether another clause says so; where none does, none of these holds
 */
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
