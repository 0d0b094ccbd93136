import { isatty } from 'node:tty'
import { exitFlushed } from './exit.ts'
import { exitCodes } from './exit-codes.ts'

/** What was printed so far has this long to be read. */
const flushMs = 500

/** At a terminal Ctrl-C is left alone: a shell that runs several commands must see it, and stop. */
const isInteractive = process.pid !== 1 && [0, 1, 2].some(isatty)

const signals = isInteractive ? (['SIGTERM'] as const) : (['SIGTERM', 'SIGINT'] as const)

function abortBoot(): void {
  const { MOORING_RUN, MOORING_DEAD_LETTERS } = process.env
  // Whoever started it for one task must not believe that it is done.
  const isTask = MOORING_RUN !== undefined || MOORING_DEAD_LETTERS !== undefined
  void exitFlushed(isTask ? exitCodes.crashed : exitCodes.drained, flushMs)
}

/**
 * Until somebody else obeys signals, one ends the process with 0: nothing has been accepted yet.
 * Without this it would count as a failure (143), and as PID 1 it would be ignored. A process that
 * runs one task (a schedule, dead letters) ends with 1.
 */
export function obeyBootSignals(): void {
  handOverSignals()
  for (const signal of signals) process.on(signal, abortBoot)
}

/** Called once there are other listeners: with none for a moment, the system's default would hold. */
export function handOverSignals(): void {
  for (const signal of signals) process.off(signal, abortBoot)
}
