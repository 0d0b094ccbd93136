import { MooringError } from '@mooring/core'
import type { LogLine } from './log-line.ts'
import type { Address } from '../wire/connection.ts'

/** Something that serves the app: a runtime with its adapter. */
export interface Target {
  /** Unique in a run: the runtime and, where it was asked for, the version, such as `node@22`. */
  readonly name: string
  /** Which contract the app is under. */
  readonly contract: 'port-bound' | 'injected'
  /**
   * Starts it anew.
   *
   * @param signal where it aborts, what has begun is ended before the promise rejects
   * @throws MOORING_E_TARGET with what it said, where it does not come up
   */
  readonly start: (signal: AbortSignal) => Promise<Running>
}

/** A schedule, as each contract names it. */
export interface ScheduleRun {
  readonly name: string
  readonly cron: string
}

/** A target that answers. */
export interface Running {
  readonly address: Address
  /** Lines that it has logged so far. */
  readonly logs: () => readonly LogLine[]
  /** Runs a schedule of the app now: `ran`, `failed`, or what else came of it. */
  readonly runSchedule: (schedule: ScheduleRun) => Promise<string>
  /** How it ended, where it did without being asked. */
  readonly ended: () => string | undefined
  readonly stop: () => Promise<void>
  /**
   * Stops it, and starts it with what its stores held. @default `stop`, then `start` of the target:
   * what it keeps is not its own
   */
  readonly restart?: () => Promise<Running>
}

/** A target did not come up. */
export function notStarted(
  name: string,
  how: string,
  said: string,
  fix: string = 'mend what it says.',
): MooringError {
  const why = said.trim().replaceAll('\n', '\n  ')
  return new MooringError('MOORING_E_TARGET', { message: `${name} ${how}.`, why, fix })
}

/** Starts all at once. Where one does not come up the others are stopped. */
export async function startAll(
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly Running[]> {
  const started = await Promise.allSettled(targets.map((target) => target.start(signal)))
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = started.find((each) => each.status === 'rejected')
  if (!failed) return running
  await Promise.all(running.map((each) => each.stop()))
  throw failed.reason
}
