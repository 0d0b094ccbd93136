import type { Address } from '../wire/connection.ts'

/** Something that serves the app: a runtime with its adapter. */
export interface Target {
  /** Unique in a run: the runtime and, where it was asked for, the version, such as `node@22`. */
  readonly name: string
  /** Which contract the app is under. */
  readonly contract: 'port-bound' | 'injected'
  /** Starts it anew. Rejects with what it said where it does not come up. */
  readonly start: () => Promise<Running>
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
  readonly logs: () => readonly string[]
  /** Runs a schedule of the app now: `ran`, `failed`, or what else came of it. */
  readonly runSchedule: (schedule: ScheduleRun) => Promise<string>
  /** How it ended, where it did without being asked. */
  readonly ended: () => string | undefined
  readonly stop: () => Promise<void>
}
