import type { Logger } from '@mooring/core'
import type { Claims } from './schedule-claims.ts'
import type { ScheduleTimes } from './schedule-times.ts'

/**
 * How late a run may begin: the one process may have been restarting when it was due, or the store.
 * What is later is missed. It must stay far below the life of a claim.
 */
const lateMs = 5 * 60_000

/** Milliseconds until a claim is tried again that could not be made. */
const retryMs = 5_000

/** The longest sleep: clocks are set, and machines are suspended. */
const sleepMs = 60_000

/** Missed runs that are counted. */
const mostMissed = 1_000

export interface ScheduleLoop {
  readonly name: string
  readonly times: ScheduleTimes
  readonly claims: Claims
  readonly run: (scheduledAt: Date) => Promise<void>
  readonly log: Logger
  /** Is told of all that the end of the process has to await. */
  readonly waitUntil: (work: Promise<unknown>, name: string) => void
  /** No run begins once it is so. */
  readonly isLeaving: () => boolean
}

/**
 * Runs a schedule whenever it is due and this process is the first to claim the minute. A claim is
 * never given back: of a run that broke off, nobody knows how far it came.
 */
export function startScheduleLoop(loop: ScheduleLoop): void {
  const { name, times, claims, run, log, waitUntil, isLeaving } = loop
  const label = `schedule ${name}`
  /** Nothing up to this minute is left to be done here. */
  let handled: Date | undefined
  /** A claim for it was sent, and its answer did not come. */
  let uncertain: Date | undefined
  let isTroubled = false

  /** Looks whether it is due, and sleeps until it may be. */
  async function look(): Promise<void> {
    if (isLeaving()) return
    let waitMs = retryMs
    try {
      await handle(Date.now())
      if (isTroubled) log.info(`${label} can be claimed again`)
      isTroubled = false
      const nowMs = Date.now()
      const next = times.nextAfter(nowMs)
      waitMs = Math.min((next?.getTime() ?? Infinity) - nowMs, sleepMs)
    } catch (error) {
      if (!isTroubled) log.error(`${label} cannot be claimed`, { error, retryMs })
      isTroubled = true
    }
    setTimeout(begin, waitMs)
  }

  function begin(): void {
    waitUntil(look(), label)
  }

  async function handle(nowMs: number): Promise<void> {
    const due = times.lastUntil(nowMs)
    // The first process of all has missed nothing.
    handled ??= await claims.last(due ?? new Date(nowMs))
    if (due === undefined) return
    if (handled.getTime() > nowMs + lateMs) {
      log.warn(`${label}: the clock was set back`, { last: handled.toISOString() })
      // What was claimed of the minutes that come again is in the store.
      handled = new Date(due.getTime() - 1)
    }
    if (due <= handled) return
    const last = await claims.last(due)
    const isLate = () => Date.now() - due.getTime() > lateMs
    if (isLate()) return missed(last, due.getTime() + 1, due)
    const again = uncertain?.getTime() === due.getTime()
    uncertain = due
    const isMine = await claims.claim(due, 'running', again)
    uncertain = undefined
    if (isMine) {
      // From here on it runs in any case: a claim is not given back.
      waitUntil(runClaimed(last, due, isLate()), label)
    }
    handled = due
  }

  async function runClaimed(last: Date, due: Date, isLate: boolean): Promise<void> {
    await tellWhatWasBefore(last, due)
    // Suspended before the claim: it may be one of a minute that was claimed long ago.
    await (isLate ? reportLate(due) : runOnce(due))
  }

  async function runOnce(due: Date): Promise<void> {
    const scheduledAt = due.toISOString()
    const startedMs = performance.now()
    const failure = await run(due).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    const ms = Math.round(performance.now() - startedMs)
    if (failure) log.error(`${label} failed`, { scheduledAt, ms, ...failure })
    else log.info(`${label} ran`, { scheduledAt, ms })
    await claims.end(due, failure ? 'failed' : 'done').catch(() => {})
  }

  async function reportLate(due: Date): Promise<void> {
    log.warn(`${label} was missed`, { runs: 1, first: due.toISOString(), last: due.toISOString() })
    await claims.end(due, 'missed').catch(() => {})
  }

  /** By the one that runs next, so that it is told once. */
  async function tellWhatWasBefore(last: Date, due: Date): Promise<void> {
    try {
      const by = await claims.unfinished(last)
      if (by !== undefined && last < due) {
        // It takes longer than its interval, or its process did not live to say so.
        const scheduledAt = last.toISOString()
        log.warn(`${label} has not ended its run before`, { scheduledAt, by })
      }
      await missed(last, due.getTime())
      await claims.setLast(due)
    } catch (error) {
      log.error(`${label} cannot tell what it missed`, { error })
    }
  }

  /** Tells of what was due in a span and ran nowhere, and claims it: nobody else tells or runs it. */
  async function missed(last: Date, untilMs: number, due?: Date): Promise<void> {
    const runs = times.between(last.getTime(), untilMs, mostMissed)
    const newest = runs.at(-1)
    if (newest && (await claims.claim(newest, 'missed'))) {
      const count = runs.length === mostMissed ? `${mostMissed} or more` : runs.length
      const span = { first: runs[0]!.toISOString(), last: newest.toISOString() }
      log.warn(`${label} was missed`, { runs: count, ...span })
      if (due) await claims.setLast(due)
    }
    if (due) handled = due
  }

  begin()
}
