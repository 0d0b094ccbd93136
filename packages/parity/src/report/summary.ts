import type { Finding } from '../compare.ts'
import type { Difference } from '../differences/difference.ts'
import type { CaseResult } from '../run.ts'
import { isNamed } from '../targets/named.ts'

/** The whole run in figures. */
export interface Summary {
  readonly targets: readonly string[]
  readonly cases: number
  /** Cases with a difference that nothing declares. */
  readonly failed: readonly CaseResult[]
  /** In how many cases a target does otherwise than the rest, undeclared; the worst first. */
  readonly deviations: ReadonlyMap<string, number>
  /** How often each declared difference came up, by number. */
  readonly seen: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** The first time that each declared difference showed a field, by number and target. */
  readonly examples: ReadonlyMap<string, ReadonlyMap<string, Finding>>
  /** Declared, and not seen any more: by the case that names it, or in the whole run. */
  readonly outdated: readonly string[]
}

/** A difference that a run is about, and the targets that must show it where they run. */
export interface Due extends Pick<Difference, 'number' | 'title' | 'testedBy'> {
  readonly targets: readonly string[]
}

/**
 * What came of a run.
 *
 * @param complete the differences of which every case ran that shows one: what never came up is out
 *   of date then
 */
export function summarise(
  targets: readonly string[],
  results: readonly CaseResult[],
  complete: readonly Due[] = [],
): Summary {
  const seen = new Map<string, Map<string, number>>()
  const examples = new Map<string, Map<string, Finding>>()
  const outdated = new Set<string>()
  for (const result of results) {
    for (const { difference, target, finding } of result.seen) {
      const known = examples.get(difference) ?? new Map<string, Finding>()
      if (finding && !known.has(target)) known.set(target, finding)
      examples.set(difference, known)
      const counts = seen.get(difference) ?? new Map<string, number>()
      counts.set(target, (counts.get(target) ?? 0) + 1)
      seen.set(difference, counts)
    }
    for (const { difference, target } of result.outdated) {
      const { name, file, line } = result.case
      outdated.add(`${difference} no longer happens on ${target}: ${name} (${file}:${line})`)
    }
  }
  for (const number of seen.keys()) {
    const isDeclared = complete.length === 0 || complete.some((each) => each.number === number)
    if (!isDeclared) outdated.add(`${number} is named by a case, and declared nowhere`)
  }
  for (const { number, title, targets: named, testedBy } of complete) {
    if (testedBy !== undefined) continue
    for (const target of targets.filter((each) => isNamed(each, named))) {
      if (!seen.get(number)?.has(target))
        outdated.add(`${number} (${title}) is not so on ${target}`)
    }
  }
  return {
    targets,
    cases: results.length,
    failed: results.filter(({ undeclared }) => undeclared.length > 0),
    deviations: countDeviations(results),
    seen,
    examples,
    outdated: [...outdated],
  }
}

function countDeviations(results: readonly CaseResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { undeclared } of results) {
    for (const target of new Set(undeclared.map((finding) => finding.target))) {
      counts.set(target, (counts.get(target) ?? 0) + 1)
    }
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a))
}

/** Whether the targets are the same but for what is declared, and that is all so. */
export function isSame({ failed, outdated }: Summary): boolean {
  return failed.length === 0 && outdated.length === 0
}
