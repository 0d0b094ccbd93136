import type { Finding } from '../compare.ts'
import type { Observation } from '../observation.ts'

/**
 * What a difference is about. Of `security` are those by which a check in one place may miss what is
 * read in another, of `wire` those that no code of an app meets.
 */
export type Group = 'security' | 'requests' | 'responses' | 'runtime' | 'files' | 'wire'

/** What an app can run on. */
export type Runtime = 'node' | 'workerd' | 'bun' | 'deno'

/** A divergence between targets that no adapter can close. Each is tested to be exactly so. */
export interface Difference {
  /** `D-01`; never used again for another. */
  readonly number: string
  readonly group: Group
  readonly title: string
  /** The runtimes that do otherwise than the rest. */
  readonly targets: readonly Runtime[]
  /** What a client or an app sees where. */
  readonly what: string
  /** The canonical behaviour, and the section that says so. */
  readonly canonical: string
  /** Why an adapter cannot close it. */
  readonly why: string
  readonly who: string
  /** How to write code that does not care. */
  readonly how: string
  readonly link: string
  /** Whether it holds for the local workerd only, since the provider's edge rewrites it. */
  readonly localOnly?: boolean
  /** The test that shows it, from the root, where no request can: no case names it then. */
  readonly testedBy?: string
  /** Whether it is what a finding shows, wherever it comes up; else cases name it. */
  readonly explains?: (finding: Finding, context: FindingContext) => boolean
}

/** What is known of the request that a finding is about. */
export interface FindingContext {
  readonly method: string
  /** The bytes that were sent, each one character. */
  readonly sent: string
  /** Those of the step before it in the case; empty where there is none. */
  readonly before: string
  /** What the target showed. */
  readonly seen: Observation
  /** How the body was framed on each target. */
  readonly framings: readonly string[]
  /** Whether every target refused the request itself, before the app saw it. */
  readonly isRefusal: boolean
}

/** Whether `value` is what one of the two sides of a finding shows. */
export function isOneOf(value: string, ...sides: readonly string[]): boolean {
  return sides.includes(value)
}

/** What the side shows that does not show `value`. */
export function otherThan(value: string, expected: string, got: string): string {
  return expected === value ? got : expected
}
