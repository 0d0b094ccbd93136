import type { Server } from 'node:http'
import type { Logger } from '@mooring/core'
import type { BackgroundWork } from './background.ts'
import type { Budget, LameDuck } from './budget.ts'
import { type Connections, emptyAcceptQueue } from './connections.ts'
import { describeRequest } from './exchange.ts'
import { exitCodes } from './exit-codes.ts'
import { serveAsLameDuck } from './lame-duck.ts'
import type { Metrics } from './metrics.ts'

/** What draining has to bring to an end. */
export interface Running {
  readonly server: Server
  readonly connections: Connections
  readonly background: BackgroundWork
  /** Resolves when this process may stop accepting: others may have to be asked first. */
  readonly mayClose: () => Promise<void>
  /** Closes the listener, and leaves the connections alone. */
  readonly stopAccepting: () => void
  /** Lets go of the resources. */
  readonly close: () => Promise<void>
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
  readonly exitCode: number
}

/** From the first signal to the exit. */
export function createLifecycle(log: Logger, budget: Budget, metrics: Metrics): Lifecycle {
  const draining = new AbortController()
  const { lameDuck, deadlineMs } = budget
  const bySignal = { lameDuck, deadlineMs, idleGraceMs: 0, exitCode: exitCodes.drained }
  const forced = metrics.counter(
    'mooring_forced_requests_total',
    'Requests that were cut off because the process had to exit.',
  )
  let phase: Phase = 'boot'
  let running: Running | undefined

  const isLeaving = () => phase !== 'boot' && phase !== 'serving'

  function leave(reason: string, plan: Partial<LeavePlan> = {}): void {
    if (running === undefined) {
      log.info('stopped before it was ready', { reason })
      process.exit(exitCodes.drained)
    }
    const parts = running
    const whole = { ...bySignal, ...plan }
    // Also when it is leaving already: a worker that makes room may then be given less time.
    setTimeout(() => void cutOff(parts, 'the deadline', exitCodes.deadline), whole.deadlineMs)
    if (!isLeaving()) void drain(parts, reason, whole)
  }

  async function drain(parts: Running, reason: string, plan: LeavePlan): Promise<void> {
    const { server, connections, background, mayClose, stopAccepting, close } = parts
    const startedMs = performance.now()
    phase = 'lame duck'
    const inFlight = connections.exchanges().length
    log.info('draining', { reason, inFlight, background: background.count() })
    connections.announceEnd()
    await serveAsLameDuck(server, plan.lameDuck)
    await mayClose()

    phase = 'closing'
    draining.abort(new Error(`draining: ${reason}`))
    await emptyAcceptQueue(server)
    stopAccepting()

    phase = 'draining'
    await connections.drain(plan.idleGraceMs)
    await background.settled()

    phase = 'cleanup'
    await close()
    log.info('drained', { afterMs: Math.round(performance.now() - startedMs) })
    process.exit(plan.exitCode)
  }

  async function cutOff(parts: Running, reason: string, exitCode: number): Promise<void> {
    const { connections, background, close } = parts
    if (phase === 'forced') return
    const from = phase
    phase = 'forced'
    const reserveMs = Math.max(budget.graceMs - budget.deadlineMs - 100, 0)
    setTimeout(() => process.exit(exitCode), reserveMs)
    draining.abort(new Error(`cut off: ${reason}`))
    const survivors = connections.exchanges()
    forced.add(survivors.length)
    for (const { response } of survivors) {
      log.error('a request was cut off', { ...describeRequest(response) })
    }
    log.error('cut off', {
      reason,
      from,
      inFlight: survivors.length,
      background: background.count(),
    })
    connections.destroy()
    if (from !== 'cleanup') await close()
    process.exit(exitCode)
  }

  process.on('unhandledRejection', (error) => {
    log.error('a rejection was not handled', { error })
    // Once it serves, a rejection that nobody awaits belongs to one request: the others go on.
    if (running === undefined) process.exit(exitCodes.crashed)
  })
  process.on('uncaughtException', (error) => {
    log.error('an exception was not caught', { error })
    if (running === undefined) process.exit(exitCodes.crashed)
    const atOnce = { leastMs: 0, quietMs: 0, mostMs: 0 }
    if (isLeaving()) return
    leave('an uncaught exception', { exitCode: exitCodes.crashed, lameDuck: atOnce })
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
