import type { Server } from 'node:http'
import type { Logger } from '@mooring/core'
import type { BackgroundWork } from './background.ts'
import type { Budget, LameDuck } from './budget.ts'
import { type Connections, emptyAcceptQueue } from './connections.ts'
import { describeRequest } from './exchange.ts'
import { serveAsLameDuck } from './lame-duck.ts'

/** How the process ends. */
export const exitCodes = {
  /** Everything was finished. */
  drained: 0,
  /** An uncaught exception. */
  crashed: 1,
  /** An operator would not wait. */
  interrupted: 2,
  /** The platform's grace was used up. */
  deadline: 3,
  /** Bad configuration, or an address that cannot be had (EX_CONFIG of sysexits.h). */
  config: 78,
} as const

/** A second Ctrl-C within this time is the same key press, or a terminal and its child both told. */
const secondInterruptMs = 500

/** What draining has to bring to an end. */
export interface Running {
  readonly server: Server
  readonly connections: Connections
  readonly background: BackgroundWork
  /** Closes the listener, and leaves the connections alone. */
  readonly stopAccepting: () => void
  /** Lets go of the resources. */
  readonly close: () => Promise<void>
}

/** Where the process is between its first instruction and its exit. */
export type Phase = 'boot' | 'serving' | 'lame duck' | 'closing' | 'draining' | 'cleanup' | 'forced'

export interface Lifecycle {
  readonly phase: () => Phase
  /** Aborts when accepting ends. */
  readonly drainSignal: AbortSignal
  /** Whether a signal has come: no new request should be sent here. */
  readonly isLeaving: () => boolean
  /** From here on a signal drains; before, it aborts the boot and exits 0. */
  readonly serving: (running: Running) => void
}

/** From the first signal to the exit. Installs the signal handlers at once. */
export function createLifecycle(log: Logger, budget: Budget): Lifecycle {
  const draining = new AbortController()
  let phase: Phase = 'boot'
  let running: Running | undefined
  let interruptedAtMs: number | undefined

  const isLeaving = () => phase !== 'boot' && phase !== 'serving'

  function onSignal(signal: NodeJS.Signals): void {
    const nowMs = performance.now()
    if (running === undefined) {
      log.info('stopped before it was ready', { signal })
      process.exit(exitCodes.drained)
    }
    if (!isLeaving()) {
      if (signal === 'SIGINT') interruptedAtMs = nowMs
      void leave(running, signal, exitCodes.drained, budget.lameDuck)
      return
    }
    const again = signal === 'SIGINT' && nowMs - (interruptedAtMs ?? nowMs) >= secondInterruptMs
    if (signal === 'SIGINT') interruptedAtMs ??= nowMs
    if (again) void force(running, 'a second interrupt', exitCodes.interrupted)
    else if (signal === 'SIGQUIT') void force(running, signal, exitCodes.interrupted)
    else log.info('already draining', { signal })
  }

  async function leave(
    parts: Running,
    reason: string,
    exitCode: number,
    lameDuck: LameDuck,
  ): Promise<void> {
    const { server, connections, background, stopAccepting, close } = parts
    const startedMs = performance.now()
    phase = 'lame duck'
    setTimeout(() => void force(parts, 'the deadline', exitCodes.deadline), budget.deadlineMs)
    const inFlight = connections.exchanges().length
    log.info('draining', { reason, inFlight, background: background.count() })
    connections.announceEnd()
    await serveAsLameDuck(server, lameDuck)

    phase = 'closing'
    draining.abort(new Error(`draining: ${reason}`))
    await emptyAcceptQueue(server)
    stopAccepting()

    phase = 'draining'
    await connections.drain()
    await background.settled()

    phase = 'cleanup'
    await close()
    log.info('drained', { afterMs: Math.round(performance.now() - startedMs) })
    process.exit(exitCode)
  }

  async function force(parts: Running, reason: string, exitCode: number): Promise<void> {
    const { connections, background, close } = parts
    if (phase === 'forced') return
    const from = phase
    phase = 'forced'
    const reserveMs = Math.max(budget.graceMs - budget.deadlineMs - 100, 0)
    setTimeout(() => process.exit(exitCode), reserveMs)
    draining.abort(new Error(`cut off: ${reason}`))
    const survivors = connections.exchanges()
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

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('SIGQUIT', onSignal)
  process.on('unhandledRejection', (error) => {
    log.error('a rejection was not handled', { error })
    // Once it serves, a rejection that nobody awaits belongs to one request: the others go on.
    if (running === undefined) process.exit(exitCodes.crashed)
  })
  process.on('uncaughtException', (error) => {
    log.error('an exception was not caught', { error })
    if (running === undefined) process.exit(exitCodes.crashed)
    const atOnce = { leastMs: 0, quietMs: 0, mostMs: 0 }
    if (!isLeaving()) void leave(running, 'an uncaught exception', exitCodes.crashed, atOnce)
  })

  return {
    phase: () => phase,
    drainSignal: draining.signal,
    isLeaving,
    serving(parts) {
      running = parts
      phase = 'serving'
    },
  }
}
