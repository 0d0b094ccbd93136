import type { Subject } from './subject.ts'

/** What a command is: it answers HTTP, it binds a port for something else, or it binds nothing. */
export type Profile = 'web' | 'tcp' | 'worker'

/** How binding a clause is (RFC 2119). Only a MUST that fails makes a run fail. */
export type Level = 'MUST' | 'SHOULD'

/** What was seen when a clause did not hold. */
export interface Failing {
  /** What was sent or done to the command. */
  readonly sent: string
  readonly expected: string
  readonly got: string
}

/** What the check of one clause found. */
export type Outcome =
  | { readonly result: 'pass' }
  | ({ readonly result: 'fail' } & Failing)
  | { readonly result: 'not applicable'; readonly why: string }

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

export const pass: Outcome = { result: 'pass' }

export function fail(sent: string, expected: string, got: string): Outcome {
  return { result: 'fail', sent, expected, got }
}

export function notApplicable(why: string): Outcome {
  return { result: 'not applicable', why }
}

/** Passes when `holds`, otherwise fails with what was seen. */
export function verdict(holds: boolean, sent: string, expected: string, got: string): Outcome {
  return holds ? pass : fail(sent, expected, got)
}

/** Ends a check from within a helper, with the outcome that it carries. */
export class Decided extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super(outcome.result)
    this.outcome = outcome
  }
}
