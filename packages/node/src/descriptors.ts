import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Logger } from '@mooring/core'
import type { Metrics } from '@mooring/port-bound'

const everyMs = 1_000

/** No descriptor is left: in this process, or in the whole system. */
const exhausted = new Set(['EMFILE', 'ENFILE'])

/**
 * Looks once a second whether a file could be opened, since nothing else tells: libuv closes the
 * connections that there is no descriptor for, without an event. Warns when none is left, and again
 * only after there were some.
 *
 * @param openConnections for the log: whether it is these that took the descriptors
 */
export function watchDescriptors(
  openConnections: () => number,
  log: Logger,
  metrics: Metrics,
): void {
  const total = metrics.counter(
    'mooring_exhausted_descriptors_total',
    'Looks, one a second, that found no file descriptor free.',
  )
  let isExhausted = false

  function look(): void {
    const code = tryToOpen()
    const before = isExhausted
    isExhausted = exhausted.has(code ?? '')
    if (!isExhausted) return
    total.add()
    if (before) return
    log.warn('no file descriptor is left', {
      code,
      openConnections: openConnections(),
      why: 'New connections are closed without an answer, and no file can be opened.',
      fix: 'raise the limit of open files (ulimit -n), or lower MAX_CONNECTIONS.',
    })
  }

  setInterval(look, everyMs).unref()
}

/** @returns the code of what went wrong */
function tryToOpen(): string | undefined {
  try {
    closeSync(openSync(devNull, 'r'))
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}
