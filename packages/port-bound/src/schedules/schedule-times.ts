import { MooringError } from '@mooring/core'
import { cronProblem } from '@mooring/core/adapter'

/** When a schedule is due. */
export interface ScheduleTimes {
  /** The last time it was due, up to and with a moment. */
  readonly lastUntil: (nowMs: number) => Date | undefined
  /** The next time after a moment. */
  readonly nextAfter: (nowMs: number) => Date | undefined
  /** The times between two moments, both left out, up to a number of them. */
  readonly between: (fromMs: number, toMs: number, most: number) => readonly Date[]
}

const minuteMs = 60_000

/** @throws MOORING_E_SCHEDULE where it does not mean the same on every target, or is never due */
export function checkCron(name: string, cron: string): void {
  const problem = cronProblem(cron)
  if (problem === undefined) return
  throw new MooringError('MOORING_E_SCHEDULE', {
    message: `The schedule ${name} has the cron expression ${JSON.stringify(cron)}.`,
    why: problem,
    fix: 'write it so that every target reads it alike, such as 0 9 * * MON-FRI.',
  })
}

/** Reads the cron expression of a schedule, in UTC. */
export async function readTimes(cron: string): Promise<ScheduleTimes> {
  // Here, so that an app without schedules never loads it, and one with them not before it serves.
  const { Cron } = await import('croner')
  // Not as a time zone: for one, the calendars of all the world are loaded, which takes 15 ms.
  const times = new Cron(cron, { utcOffset: 0, mode: '5-part', paused: true })
  const nextAfter = (nowMs: number) => times.nextRun(new Date(nowMs)) ?? undefined
  return {
    nextAfter,
    lastUntil: (nowMs) => times.previousRuns(1, new Date(nowMs - (nowMs % minuteMs) + 1_000))[0],
    between(fromMs, toMs, most) {
      const found: Date[] = []
      let next = nextAfter(fromMs)
      while (next && next.getTime() < toMs && found.length < most) {
        found.push(next)
        next = nextAfter(next.getTime())
      }
      return found
    },
  }
}
