import type { Logger } from '@mooring/core'
import type { BackgroundWork } from './background.ts'
import type { Budget, LameDuck } from './budget.ts'
import { exitFlushed } from './exit.ts'
import { exitCodes } from './exit-codes.ts'
import { serveAsLameDuck } from './lame-duck.ts'
import type { Metrics } from './metrics.ts'
import type { UncaughtPolicy } from './uncaught.ts'
import type { Answering } from './answering.ts'

/** What draining has to bring to an end. */
export interface Running {
  readonly server: Answering
  readonly background: BackgroundWork
  /** Tells whoever started the process that it leaves. */
  readonly onLeave: (reason: string) => void
  /** Resolves when this process may stop accepting: others may have to be asked first. */
  readonly mayClose: () => Promise<void>
  /** Runs the close hooks and lets go of the resources, within `limitMs`. Never rejects. */
  readonly close: (limitMs: number) => Promise<void>
}

/** Where the process is between its first instruction and its exit. */
export const phases = [
  'boot',
  'serving',
  'lame duck',
  'closing',
  'draining',
  'cleanup',
  'forced',
] as const

export type Phase = (typeof phases)[number]

export interface Lifecycle {
  readonly phase: () => Phase
  /** Aborts when accepting ends. */
  readonly drainSignal: AbortSignal
  /** Whether the end has begun: no new request should be sent here. */
  readonly isLeaving: () => boolean
  /** From here on leaving drains; before, it aborts the boot and exits 0. */
  readonly serving: (running: Running) => void
  readonly leave: (reason: string, plan?: Partial<LeavePlan>) => void
  readonly force: (reason: string) => void
}

/** How to leave. What is not said is what the platform's signal asks for. */
export interface LeavePlan {
  readonly lameDuck: LameDuck
  /** Until what is still in flight is cut off. */
  readonly deadlineMs: number
  /** How long connections that are idle may still bring a request. */
  readonly idleGraceMs: number
  /** Whether other processes accept what is queued: else this one does before it closes. */
  readonly othersAccept: boolean
  readonly exitCode: number
}

/** What handlers that are cut off have, to say so. */
const abortMs = 20

/** From the first signal to the exit. */
export function createLifecycle(
  log: Logger,
  budget: Budget,
  metrics: Metrics,
  uncaughtPolicy: UncaughtPolicy,
): Lifecycle {
  const draining = new AbortController()
  const { lameDuck, deadlineMs } = budget
  const bySignal = {
    lameDuck,
    deadlineMs,
    idleGraceMs: 0,
    othersAccept: false,
    exitCode: exitCodes.drained,
  }
  const forced = metrics.counter(
    'mooring_forced_requests_total',
    'Requests that were cut off because the process had to exit.',
  )
  const uncaught = metrics.counter(
    'mooring_uncaught_exceptions_total',
    'Exceptions that nobody caught, and rejections that nobody awaited.',
  )
  const reserveMs = budget.graceMs - budget.deadlineMs
  /** Of the reserve: the rest is for the logs to be read. */
  const closeMs = reserveMs * 0.7
  const exit = (code: number) => exitFlushed(code, reserveMs - closeMs)
  let phase: Phase = 'boot'
  let running: Running | undefined

  const isLeaving = () => phase !== 'boot' && phase !== 'serving'

  function leave(reason: string, plan: Partial<LeavePlan> = {}): void {
    if (running === undefined) {
      log.info('stopped before it was ready', { reason })
      void exit(exitCodes.drained)
      return
    }
    const parts = running
    const whole = { ...bySignal, ...plan }
    // Also when it is leaving already: a worker that makes room may then be given less time.
    setTimeout(() => void cutOff(parts, 'the deadline', exitCodes.deadline), whole.deadlineMs)
    if (!isLeaving()) void drain(parts, reason, whole)
  }

  /** @returns whether what was waited for came to its own end, and was not cut off */
  function advance(to: Phase): boolean {
    if (phase === 'forced') return false
    phase = to
    return true
  }

  async function drain(parts: Running, reason: string, plan: LeavePlan): Promise<void> {
    const { server, background, onLeave, mayClose, close } = parts
    const startedMs = performance.now()
    phase = 'lame duck'
    const inFlight = server.inFlight().length
    log.info('draining', { reason, inFlight, background: background.count() })
    onLeave(reason)
    server.announceEnd()
    await serveAsLameDuck(server, plan.lameDuck)
    await mayClose()
    if (!advance('closing')) return
    draining.abort(new Error(`draining: ${reason}`))
    if (!plan.othersAccept) await server.emptyAcceptQueue(budget.deadlineMs / 2)
    server.stopAccepting()
    if (!advance('draining')) return
    await server.drain(plan.idleGraceMs)
    await background.settled()
    if (!advance('cleanup')) return
    await close(closeMs)
    log.info('drained', { afterMs: Math.round(performance.now() - startedMs) })
    await exit(plan.exitCode)
  }

  async function cutOff(parts: Running, reason: string, exitCode: number): Promise<void> {
    const { server, background, close } = parts
    if (phase === 'forced') return
    const from = phase
    if (from === 'cleanup') {
      // Nothing is left to be cut off, and what cleans up has its own end: only a person may say now.
      if (exitCode === exitCodes.interrupted) await exit(exitCode)
      return
    }
    phase = 'forced'
    if (from !== 'draining') server.stopAccepting()
    draining.abort(new Error(`cut off: ${reason}`))
    const survivors = server.inFlight()
    forced.add(survivors.length)
    for (const request of survivors) {
      request.giveReason(`cut off: ${reason}`)
      log.error('a request was cut off', { ...request.describe() })
    }
    const unfinished = background.pending()
    for (const work of unfinished) log.error('background work was cut off', { ...work })
    log.error('cut off', {
      reason,
      from,
      inFlight: survivors.length,
      background: unfinished.length,
    })
    server.destroy()
    // The sockets close in the next turns of the loop, and handlers hear of it then.
    await new Promise((resolve) => setTimeout(resolve, abortMs))
    await close(closeMs)
    await exit(exitCode)
  }

  process.on('unhandledRejection', (error) => {
    log.error('a rejection was not handled', { error })
    uncaught.add()
    // Once it serves, a rejection that nobody awaits belongs to one request: the others go on.
    if (running === undefined) void exit(exitCodes.crashed)
  })
  process.on('uncaughtException', (error) => {
    log.error('an exception was not caught', { error })
    uncaught.add()
    if (running === undefined) void exit(exitCodes.crashed)
    else if (uncaughtPolicy === 'exit' && !isLeaving()) {
      const atOnce = { leastMs: 0, quietMs: 0, mostMs: 0 }
      leave('an uncaught exception', { exitCode: exitCodes.crashed, lameDuck: atOnce })
    }
  })

  return {
    phase: () => phase,
    drainSignal: draining.signal,
    isLeaving,
    leave,
    force(reason) {
      if (running) void cutOff(running, reason, exitCodes.interrupted)
    },
    serving(parts) {
      running = parts
      phase = 'serving'
    },
  }
}
