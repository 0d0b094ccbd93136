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
