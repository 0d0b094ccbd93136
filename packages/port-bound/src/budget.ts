import { readDuration } from './settings.ts'

/** How long this process may take from the first signal to its exit. */
export interface Budget {
  /** Milliseconds until the platform kills. */
  readonly graceMs: number
  /** Milliseconds after which what is still in flight is cut off, so that cleaning up fits too. */
  readonly deadlineMs: number
  /** Who says so: a platform, or the variable. */
  readonly source: string
  /** How long to go on accepting, for routers that notice late. */
  readonly lameDuck: LameDuck
}

/** Accepting goes on until no new request came for a while, but not shorter or longer than this. */
export interface LameDuck {
  readonly leastMs: number
  readonly quietMs: number
  readonly mostMs: number
}

interface Platform {
  readonly name: string
  readonly graceMs: number
  readonly lameDuckMs?: number
}

/** No platform passes its grace in; each is known by a variable that it sets. */
const platforms: readonly (Platform & { variable: string })[] = [
  // Kubernetes tells its routers at the moment it signals us: requests still come.
  {
    name: 'Kubernetes',
    variable: 'KUBERNETES_SERVICE_HOST',
    graceMs: 30_000,
    lameDuckMs: 15_000,
  },
  { name: 'Heroku', variable: 'DYNO', graceMs: 30_000 },
  { name: 'Render', variable: 'RENDER', graceMs: 30_000 },
  { name: 'Cloud Run', variable: 'K_SERVICE', graceMs: 10_000 },
  { name: 'Fly', variable: 'FLY_APP_NAME', graceMs: 5_000 },
  { name: 'Nomad', variable: 'NOMAD_ALLOC_ID', graceMs: 5_000 },
  { name: 'Railway', variable: 'RAILWAY_ENVIRONMENT', graceMs: 3_000 },
  { name: 'systemd', variable: 'INVOCATION_ID', graceMs: 90_000 },
]

/** Without any of them, the grace of `docker stop`, which sets no variable to know it by. */
const defaultPlatform: Platform = { name: 'default', graceMs: 10_000 }

/**
 * The platform's grace, or `SHUTDOWN_BUDGET` (such as `45s` or `1500ms`). The reserve for cleaning
 * up is 15 % of it, at least 0.5 s and at most 3 s. `SHUTDOWN_LAME_DUCK` is how long to go on
 * accepting at the most: 15 s on Kubernetes and 0 s elsewhere if it is not set. With a `preStop`
 * sleep, set it to `0s`.
 *
 * @throws MOORING_E_SETTING
 */
export function readBudget(env: NodeJS.ProcessEnv): Budget {
  const set = env['SHUTDOWN_BUDGET']
  const platform = platforms.find(({ variable }) => env[variable] !== undefined) ?? defaultPlatform
  const graceMs = readDuration(env, 'SHUTDOWN_BUDGET', platform.graceMs)
  const reserveMs = Math.min(Math.max(graceMs * 0.15, 500), 3_000)
  const mostMs = readDuration(env, 'SHUTDOWN_LAME_DUCK', platform.lameDuckMs ?? 0)
  return {
    lameDuck: { leastMs: Math.min(5_000, mostMs), quietMs: Math.min(2_000, mostMs), mostMs },
    graceMs,
    deadlineMs: Math.max(graceMs - reserveMs, 0),
    source: set === undefined ? platform.name : 'SHUTDOWN_BUDGET',
  }
}
