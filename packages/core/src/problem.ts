import { MooringError } from './errors.ts'

/** One thing that the environment does not give as the app declares it. */
export interface Problem {
  /** The variable or binding. */
  readonly name: string
  /** What it holds, safe to print. */
  readonly value: string
  /** What it should hold, and where that helps, how to get there: each on a line of its own. */
  readonly expected: string
}

/** All problems of one start as a single error, so that nobody mends them one restart at a time. */
export function configError(app: string, problems: readonly Problem[]): MooringError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map(
    ({ name, value, expected }) => `${name} (${value}): ${expected.replaceAll('\n', '\n    ')}`,
  )
  return new MooringError('MOORING_E_CONFIG', {
    message: `${app} cannot start: ${count} with its configuration.`,
    why: lines.join('\n  '),
    fix: 'set each of them in the environment (port-bound) or in the Worker’s configuration (injected).',
  })
}
