import type { RequestStep } from './cases/case.ts'
import { isNamed } from './targets/named.ts'
import { against, amongEachOther, type Finding, type Observations, statedBy } from './compare.ts'
import type { Difference, FindingContext } from './differences/difference.ts'
import type { Observation } from './observation.ts'

/** What came of one step. */
export interface Verdict {
  /** Findings that no difference explains. */
  readonly undeclared: readonly Finding[]
  /** Differences that came up, each with its target. */
  readonly seen: readonly Seen[]
  /** Differences that the case names and that did not come up. */
  readonly outdated: readonly { readonly difference: string; readonly target: string }[]
}

/** A declared difference that came up. */
export interface Seen {
  readonly difference: string
  readonly target: string
  /** What it showed, where that is a field of an answer. */
  readonly finding?: Finding
}

/**
 * Holds what the targets showed against what is expected and against each other.
 *
 * @param before the request before it on the connection. @default it is the first
 */
export function judge(
  step: RequestStep,
  all: Observations,
  differences: readonly Difference[],
  before?: RequestStep,
): Verdict {
  const { expected, declared } = step
  const undeclared: Finding[] = []
  const seen: Seen[] = []
  const outdated: { difference: string; target: string }[] = []
  const others = new Map(all)
  for (const { difference, targets, expected: instead } of declared) {
    for (const [target, observed] of all) {
      if (!isNamed(target, targets)) continue
      // What it answers instead differs as a whole: nothing else of it is compared.
      others.delete(target)
      const misses = against(instead, target, observed)
      const deviations = expected && against(expected, target, observed)
      // Also where it shows both: what is declared is then no difference.
      if (deviations?.length === 0) outdated.push({ difference, target })
      else if (misses.length > 0) undeclared.push(...misses)
      else seen.push({ difference, target, ...(deviations && { finding: deviations[0]! }) })
    }
  }
  // What a case states no rule explains: the case itself says by which difference it is not so.
  const misses = [...others].flatMap(([target, observed]) =>
    expected ? against(expected, target, observed) : [],
  )
  const found = amongEachOther(others, statedBy(expected))
  const explained = explain(found, step, others, differences, before)
  return {
    undeclared: [...undeclared, ...misses, ...explained.undeclared],
    seen: [...seen, ...explained.seen],
    outdated,
  }
}

/**
 * Holds what `fetch` showed on each target against the others. Targets that the case says answer
 * something else are left out, and so is what a pattern stands for: that need not be the same.
 */
export function judgeLook(
  step: RequestStep,
  all: Observations,
  differences: readonly Difference[],
): Pick<Verdict, 'undeclared' | 'seen'> {
  const declared = step.declared.flatMap(({ targets }) => targets)
  const others = new Map([...all].filter(([target]) => !isNamed(target, declared)))
  const isPattern = step.expected?.body instanceof RegExp
  const except = new Set(['framing', ...(isPattern ? ['body'] : [])])
  return explain(amongEachOther(others, except), step, others, differences)
}

/** Which findings a difference explains, wherever they come up. */
export function explain(
  found: readonly Finding[],
  step: RequestStep,
  all: Observations,
  differences: readonly Difference[],
  before?: RequestStep,
): Pick<Verdict, 'undeclared' | 'seen'> {
  const undeclared: Finding[] = []
  const seen: Seen[] = []
  const shared = {
    method: step.method,
    sent: step.bytes.toString('latin1'),
    before: before?.bytes.toString('latin1') ?? '',
    framings: [...all.values()].map((each) => each.get('framing') ?? ''),
    isRefusal: [...all.values()].every(isRefusal),
  }
  for (const finding of found) {
    const context: FindingContext = { ...shared, seen: all.get(finding.target)! }
    const difference = differences.find(
      (each) => deviating(each, finding).length > 0 && each.explains?.(finding, context),
    )
    if (!difference) undeclared.push(finding)
    else {
      const { number } = difference
      const targets = deviating(difference, finding)
      seen.push(...targets.map((target) => ({ difference: number, target, finding })))
    }
  }
  return { undeclared, seen }
}

/** Who of the two sides of a finding a difference is about: the target, or all of the rest. */
function deviating({ targets }: Difference, { target, rest }: Finding): readonly string[] {
  if (isNamed(target, targets)) return [target]
  return rest.every((name) => isNamed(name, targets)) ? rest : []
}

/** What the servers themselves answer, and the adapters in their name. */
const refusals =
  /^(?:\d{3} [^\n]*\n|invalid URI|Bad Request|ERROR: [^\n]*|Internal Server Error|(?:invalid|unexpected) [\w -]+ parsed|)$/

function isRefusal(seen: Observation): boolean {
  const status = Number(seen.get('status'))
  const body = seen.get('body') ?? ''
  // `OPTIONS *` is for the server too.
  return body === '200 OK\n' || (status >= 400 && refusals.test(body))
}
