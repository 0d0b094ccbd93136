import type { Case } from '../cases/case.ts'
import { writeSteps } from '../cases/write.ts'
import type { Difference } from '../differences/difference.ts'
import type { Fleet } from '../fleet.ts'
import { type CaseResult, runCase } from '../run.ts'
import { createRandom } from './random.ts'
import type { Route } from './route.ts'
import { toStep } from './request.ts'
import { generateSequence, type Sequence } from './sequence.ts'
import { shrink } from './shrink.ts'

export interface GenerateOptions {
  /** The routes that are asked. */
  readonly routes: readonly Route[]
  /** How many requests. */
  readonly generate: number
  readonly seed: number
}

/** Kinds of failure of which the first is made small; what comes after them is told as it is. */
const mostShrunk = 5

/** How much of a request line its case is named by. */
const shownBytes = 60

/**
 * Makes requests from an app's own routes, in sequences of a few, and replays each on every target.
 *
 * @returns what came of each sequence
 */
export async function generateAndRun(
  fleet: Fleet,
  { routes, generate, seed }: GenerateOptions,
  differences: readonly Difference[],
): Promise<readonly CaseResult[]> {
  const random = createRandom(seed)
  const results: CaseResult[] = []
  const kinds = new Map<string, string>()
  for (let left = generate; left > 0;) {
    const index = results.length
    const sequence = generateSequence(random, routes, left)
    left -= sequence.length
    const run = (candidate: Sequence) => runCase(fleet, toCase(candidate, seed, index), differences)
    const result = await run(sequence)
    const kind = kindOf(result)
    const like = kinds.get(kind)
    if (result.undeclared.length === 0 || like !== undefined || kinds.size === mostShrunk) {
      results.push(like === undefined ? result : { ...result, like })
      continue
    }
    kinds.set(kind, `generated ${index}`)
    const failureOf = async (candidate: Sequence) => {
      const again = await run(candidate)
      return again.undeclared.length > 0 ? again : undefined
    }
    results.push((await shrink({ sequence, failure: result }, failureOf)).failure)
  }
  return results
}

/** Failures in the same fields of the same targets mostly have one cause. */
function kindOf({ undeclared }: CaseResult): string {
  const of = undeclared.map(({ target, field, expected, got }) =>
    field === 'status' ? [target, field, expected, got] : [target, field],
  )
  return JSON.stringify(of.map(String).sort())
}

function toCase(sequence: Sequence, seed: number, index: number): Case {
  const steps = sequence.map(toStep)
  const requests = steps.map(({ title }) => title.replace(/ HTTP.*$/, '').slice(0, shownBytes))
  const name = `generated ${index} of seed ${seed}: ${requests.join(', then ')}`
  return { name, file: 'generated', line: index, steps, text: () => writeSteps(name, steps) }
}
