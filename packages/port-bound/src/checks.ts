import type { Logger } from '@mooring/core'
import { withDeadline } from './deadline.ts'

/** How long a result is given out again, so that probes cannot hammer what is behind a check. */
const freshMs = 1_000

/** How long a check that only reports is waited for. */
const reportMs = 100

/** What can be asked of a process before it is sent requests. */
export interface Check {
  readonly name: string
  /** Whether its failure makes the process not ready; else it only reports. */
  readonly isRequired: boolean
  /** Fails when it throws, returns `false`, or is not done when the signal aborts. */
  readonly run: (signal: AbortSignal) => unknown
}

export interface CheckResult {
  /** `warn` is a failure that leaves the process ready. */
  readonly status: 'pass' | 'fail' | 'warn' | 'pending'
  readonly ms?: number
}

export interface Checks {
  readonly isEmpty: boolean
  /** Never rejects. `pass` is whether all that are required do. */
  readonly run: () => Promise<{
    readonly pass: boolean
    readonly results: Readonly<Record<string, CheckResult>>
  }>
}

/** @param timeoutMs how long a check may take */
export function createChecks(checks: readonly Check[], timeoutMs: number, log: Logger): Checks {
  const running = checks.map((check) => ({ check, run: createRun(check, timeoutMs, log) }))
  return {
    isEmpty: checks.length === 0,
    async run() {
      const entries = await Promise.all(
        running.map(async ({ check, run }) => [check.name, await run()] as const),
      )
      return {
        pass: entries.every(([, { status }]) => status !== 'fail'),
        results: Object.fromEntries(entries),
      }
    },
  }
}

/** Runs a check at most once at a time, and not again while its result is fresh. */
function createRun(
  { name, isRequired, run }: Check,
  timeoutMs: number,
  log: Logger,
): () => Promise<CheckResult> {
  let last: CheckResult = { status: 'pending' }
  let doneAtMs = -Infinity
  let current: Promise<CheckResult> | undefined

  async function ask(): Promise<CheckResult> {
    const startedMs = performance.now()
    const error = await failureOf(run, timeoutMs)
    doneAtMs = performance.now()
    const failed = error !== undefined
    const before = last.status
    last = {
      status: failed ? (isRequired ? 'fail' : 'warn') : 'pass',
      ms: Math.round(doneAtMs - startedMs),
    }
    current = undefined
    if (last.status === before) return last
    if (failed) log.warn('a check failed', { check: name, required: isRequired, error })
    else if (before !== 'pending') log.info('a check passes again', { check: name })
    return last
  }

  return () => {
    if (performance.now() - doneAtMs < freshMs) return Promise.resolve(last)
    current ??= ask()
    if (isRequired) return current
    // A store that is down may not make a probe late, which is to say every process unready.
    const soon = new Promise<CheckResult>((resolve) =>
      setTimeout(() => resolve(last), reportMs).unref(),
    )
    return Promise.race([current, soon])
  }
}

async function failureOf(run: Check['run'], timeoutMs: number): Promise<Error | undefined> {
  try {
    const result = await withDeadline(timeoutMs, run)
    return result === false ? new Error('returned false') : undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`)
  }
}
