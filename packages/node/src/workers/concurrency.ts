import { availableParallelism } from 'node:os'
import { badSetting, readDuration } from '@mooring/port-bound'

/** How many processes answer, and when one of them counts as lost. */
export interface Concurrency {
  /** `WEB_CONCURRENCY`; `auto` is what CPU affinity and the cgroup's quota allow. @default 1 */
  readonly workers: number
  /** `WORKER_BOOT_TIMEOUT`: a worker that is not ready by then is killed. @default 60s; 0s: never */
  readonly bootTimeoutMs: number
  /** `WORKER_TIMEOUT`: so is one whose event loop is blocked for that long. @default 60s; 0s: never */
  readonly timeoutMs: number
}

/**
 * @param development stopped at a breakpoint, a worker is blocked and should be left alone
 * @throws MOORING_E_SETTING
 */
export function readConcurrency(env: NodeJS.ProcessEnv, development: boolean): Concurrency {
  return {
    workers: readWorkers(env['WEB_CONCURRENCY']),
    bootTimeoutMs: readDuration(env, 'WORKER_BOOT_TIMEOUT', 60_000),
    timeoutMs: readDuration(env, 'WORKER_TIMEOUT', development ? 0 : 60_000),
  }
}

function readWorkers(value: string | undefined): number {
  if (value === undefined) return 1
  if (value === 'auto') return availableParallelism()
  if (/^\d{1,3}$/.test(value) && Number(value) > 0) return Number(value)
  throw badSetting('WEB_CONCURRENCY', value, 'a whole number, 1–999, or auto')
}
