import { performance } from 'node:perf_hooks'

const everyMs = 100

/**
 * Looks every 100 ms how late the event loop is, until it is told to stop.
 *
 * @param onLook told for how long what came just after the last look has waited for the loop;
 *   returns whether to go on
 */
export function watchLoop(onLook: (lateMs: number) => boolean): void {
  const dueMs = performance.now() + everyMs
  const look = () => {
    if (onLook(performance.now() - dueMs)) watchLoop(onLook)
  }
  setTimeout(look, everyMs).unref()
}
