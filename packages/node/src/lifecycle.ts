import type { Server } from 'node:http'
import type { Logger } from '@mooring/core'
import type { BackgroundWork } from './background.ts'
import type { Budget } from './budget.ts'
import { type Connections, emptyAcceptQueue } from './connections.ts'

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

export interface Lifecycle {
  readonly drainSignal: AbortSignal
  readonly isDraining: () => boolean
  /** From here on a signal drains; before, it aborts the boot and exits 0. */
  readonly serving: (running: Running) => void
}

/** From the first signal to the exit. Installs the signal handlers at once. */
export function createLifecycle(log: Logger, budget: Budget): Lifecycle {
  const draining = new AbortController()
  let running: Running | undefined
  let interruptedAtMs: number | undefined

  function onSignal(signal: NodeJS.Signals): void {
    const nowMs = performance.now()
    if (running === undefined) {
      log.info('stopped before it was ready', { signal })
      process.exit(exitCodes.drained)
    }
    if (draining.signal.aborted) {
      const again = signal === 'SIGINT' && nowMs - (interruptedAtMs ?? nowMs) >= secondInterruptMs
      interruptedAtMs ??= nowMs
      if (again) void force(running, 'a second interrupt', exitCodes.interrupted)
      else log.info('already draining', { signal })
      return
    }
    if (signal === 'SIGINT') interruptedAtMs = nowMs
    void drain(running, signal, exitCodes.drained)
  }

  async function drain(parts: Running, reason: string, exitCode: number): Promise<void> {
    const { server, connections, background, stopAccepting, close } = parts
    const startedMs = performance.now()
    setTimeout(() => void force(parts, 'the deadline', exitCodes.deadline), budget.deadlineMs)
    log.info('draining', { reason, inFlight: connections.busy(), background: background.count() })
    draining.abort(new Error(`draining: ${reason}`))
    await emptyAcceptQueue(server)
    stopAccepting()
    await connections.drain()
    await background.settled()
    await close()
    log.info('drained', { afterMs: Math.round(performance.now() - startedMs) })
    process.exit(exitCode)
  }

  async function force(parts: Running, reason: string, exitCode: number): Promise<void> {
    const { connections, background, close } = parts
    log.error('cut off', { reason, inFlight: connections.busy(), background: background.count() })
    connections.destroy()
    setTimeout(() => process.exit(exitCode), Math.max(budget.graceMs - budget.deadlineMs - 100, 0))
    await close()
    process.exit(exitCode)
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('unhandledRejection', (error) => {
    log.error('a rejection was not handled', { error })
    // Once it serves, a rejection that nobody awaits belongs to one request: the others go on.
    if (running === undefined) process.exit(exitCodes.crashed)
  })
  process.on('uncaughtException', (error) => {
    log.error('an exception was not caught', { error })
    if (running === undefined) process.exit(exitCodes.crashed)
    if (!draining.signal.aborted) void drain(running, 'an uncaught exception', exitCodes.crashed)
  })

  return {
    drainSignal: draining.signal,
    isDraining: () => draining.signal.aborted,
    serving: (parts) => void (running = parts),
  }
}
