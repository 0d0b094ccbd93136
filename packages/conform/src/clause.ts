import type { Subject } from './subject.ts'
import type { Outcome } from './outcome.ts'
import type { Profile } from './target.ts'

/** How binding a clause is (RFC 2119). Only a MUST that fails makes a run fail. */
export type Level = 'MUST' | 'SHOULD'

/** The parts of the contract, in the order of the specification. */
export const sections = [
  'Address',
  'Boot',
  'Health',
  'Output',
  'Configuration and files',
  'Process',
  'Stopping',
  'HTTP',
  'Limits and slow clients',
  'Hostile input',
  'Faults',
  'Neighbours',
] as const

export type Section = (typeof sections)[number]

/** One numbered sentence of the contract, with its check. */
export interface Clause {
  /** Stable and never used again, such as `PB-07`. */
  readonly id: string
  readonly section: Section
  readonly level: Level
  readonly profiles: readonly Profile[]
  /** The sentence. */
  readonly sentence: string
  /** What goes wrong in production when it does not hold. */
  readonly reason: string
  /** The standard, the platform's contract or the server that it is taken from. */
  readonly source: string
  /** How to mend a command that breaks it. */
  readonly mend: string
  /** Whether nothing else may run meanwhile, because others would disturb what is looked at. */
  readonly alone?: boolean
  /** Whether it does little but wait, so that it begins first and takes no other clause's place. */
  readonly waits?: boolean
  /** Starts the command as often as it needs and judges it. */
  readonly check: (subject: Subject) => Promise<Outcome>
}
