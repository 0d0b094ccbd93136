import { isatty } from 'node:tty'
import type { Logger } from '@mooring/core'
import { handOverSignals } from './boot-signals.ts'

/** A second Ctrl-C within this time is the same key press, or a terminal and its child both told. */
const secondInterruptMs = 500

/** What a signal can do to a process. */
export interface Signalled {
  readonly isLeaving: () => boolean
  readonly leave: (reason: string) => void
  /** An operator would not wait. */
  readonly force: (reason: string) => void
  /** SIGHUP, where it is no terminal that went away. */
  readonly reload: () => void
}

/**
 * SIGTERM and SIGINT (and SIGQUIT, as the first of them) begin the end; a second SIGINT, or SIGQUIT
 * then, cuts it short. SIGHUP reloads. Installed at once.
 */
export function handleSignals(target: Signalled, log: Logger): void {
  const terminals = [0, 1, 2].filter(isatty)
  let interruptedAtMs: number | undefined

  function onSignal(signal: NodeJS.Signals): void {
    const nowMs = performance.now()
    const again = signal === 'SIGINT' && nowMs - (interruptedAtMs ?? nowMs) >= secondInterruptMs
    if (signal === 'SIGINT') interruptedAtMs ??= nowMs
    if (!target.isLeaving()) target.leave(signal)
    else if (again) target.force('a second interrupt')
    else if (signal === 'SIGQUIT') target.force(signal)
    else log.info('already draining', { signal })
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('SIGQUIT', onSignal)
  process.on('SIGHUP', () => {
    // A terminal that was closed is none any more. One that is still there did not send this.
    const isGone = terminals.length > 0 && !terminals.some(isatty)
    if (!isGone) target.reload()
    else if (!target.isLeaving()) target.leave('the terminal is gone')
  })
  handOverSignals()
}
