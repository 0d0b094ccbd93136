import type { Server } from 'node:http'

/** Connections that come this soon after one another are a burst. */
const burstMs = 2

/** Long enough for another process to be woken and to accept. */
const pauseMs = 0.05

/** So many pauses a second at the most: about 2 % of the time. Without bursts there are none. */
const pausesPerSecond = 200

/**
 * Leaves some of a burst of connections to the other workers. Without it the one that wakes first
 * takes nearly all of them, and keeps them for as long as they are kept alive: measured with 64 at
 * once, 63 and 1. libuv itself paused after each connection for the same reason, as long as it
 * accepted in a loop (UV_TCP_SINGLE_ACCEPT).
 *
 * @param isLeaving then what is queued is wanted at once
 */
export function shareAccepts(server: Server, isLeaving: () => boolean): void {
  const never = new Int32Array(new SharedArrayBuffer(4))
  let lastMs = 0
  let secondBeganMs = 0
  let pauses = 0
  server.on('connection', () => {
    const nowMs = performance.now()
    if (nowMs - secondBeganMs >= 1_000) {
      secondBeganMs = nowMs
      pauses = 0
    }
    const isBurst = nowMs - lastMs < burstMs
    if (isBurst && pauses < pausesPerSecond && !isLeaving()) {
      pauses += 1
      Atomics.wait(never, 0, 0, pauseMs)
      lastMs = performance.now()
    } else lastMs = nowMs
  })
}
