import { MooringError } from '@mooring/core'

/** How long this process may take from the first signal to its exit. */
export interface Budget {
  /** Milliseconds until the platform kills. */
  readonly graceMs: number
  /** Milliseconds after which what is still in flight is cut off, so that cleaning up fits too. */
  readonly deadlineMs: number
  /** Who says so: a platform, or the variable. */
  readonly source: string
}

/** No platform passes its grace in; each is known by a variable that it sets. */
const platforms: readonly { name: string; variable: string; graceMs: number }[] = [
  { name: 'Kubernetes', variable: 'KUBERNETES_SERVICE_HOST', graceMs: 30_000 },
  { name: 'Heroku', variable: 'DYNO', graceMs: 30_000 },
  { name: 'Render', variable: 'RENDER', graceMs: 30_000 },
  { name: 'Cloud Run', variable: 'K_SERVICE', graceMs: 10_000 },
  { name: 'Fly', variable: 'FLY_APP_NAME', graceMs: 5_000 },
  { name: 'Nomad', variable: 'NOMAD_ALLOC_ID', graceMs: 5_000 },
  { name: 'Railway', variable: 'RAILWAY_ENVIRONMENT', graceMs: 3_000 },
  { name: 'systemd', variable: 'INVOCATION_ID', graceMs: 90_000 },
]

/** Without any of them, the grace of `docker stop`. */
const defaultPlatform = { name: 'Docker', graceMs: 10_000 }

/**
 * The platform's grace, or `SHUTDOWN_BUDGET` (such as `45s` or `1500ms`). The reserve for cleaning
 * up is 15 % of it, at least 0.5 s and at most 3 s.
 *
 * @throws MOORING_E_SETTING
 */
export function readBudget(env: NodeJS.ProcessEnv): Budget {
  const set = env['SHUTDOWN_BUDGET']
  const platform = platforms.find(({ variable }) => env[variable] !== undefined) ?? defaultPlatform
  const graceMs = set === undefined ? platform.graceMs : parseDuration('SHUTDOWN_BUDGET', set)
  const reserveMs = Math.min(Math.max(graceMs * 0.15, 500), 3_000)
  return {
    graceMs,
    deadlineMs: Math.max(graceMs - reserveMs, 0),
    source: set === undefined ? platform.name : 'SHUTDOWN_BUDGET',
  }
}

/** @throws MOORING_E_SETTING */
function parseDuration(name: string, value: string): number {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m)$/.exec(value) ?? []
  const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }
  if (unit !== undefined) return Number(amount) * unitsMs[unit]!
  throw new MooringError('MOORING_E_SETTING', {
    message: `${name} is ${JSON.stringify(value)}.`,
    why: 'Expected a whole number with a unit: ms, s or m.',
    fix: `set ${name} to the platform's grace period, such as 30s, or unset it.`,
  })
}
