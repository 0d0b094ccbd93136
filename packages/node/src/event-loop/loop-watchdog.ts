import inspector from 'node:inspector'
import { Worker } from 'node:worker_threads'
import type { Logger } from '@mooring/core'
import { badSetting, type Metrics, readDuration } from '@mooring/port-bound'
import { type WatchData, watchFromOutside } from './loop-watchdog-thread.ts'

export interface LoopWatchdog {
  /** Begins to watch. */
  readonly start: (log: Logger, metrics: Metrics) => void
}

/**
 * Tells when the event loop did not turn for `LOOP_WATCHDOG`, once it turns again: that is a timer,
 * and costs nothing. With `LOOP_WATCHDOG_STACK=on` a thread tells it while it lasts, and where.
 *
 * @param app the app's name, for the thread's own log lines
 * @throws MOORING_E_SETTING
 */
export function readLoopWatchdog(app: string, env: NodeJS.ProcessEnv): LoopWatchdog {
  const limitMs = readDuration(env, 'LOOP_WATCHDOG', 1_000)
  const stack = env['LOOP_WATCHDOG_STACK'] ?? 'off'
  if (stack !== 'on' && stack !== 'off') throw badSetting('LOOP_WATCHDOG_STACK', stack, 'on or off')
  return {
    start(log, metrics) {
      if (limitMs === 0) return
      const beats = new Int32Array(new SharedArrayBuffer(4))
      watch(limitMs, beats, log, metrics)
      // Whoever debugs the process stops it at will, and does not want it to be let go.
      if (stack === 'on' && inspector.url() === undefined) startThread({ app, limitMs, beats }, log)
    },
  }
}

function watch(limitMs: number, beats: Int32Array, log: Logger, metrics: Metrics): void {
  const times = metrics.counter(
    'mooring_eventloop_blocked_total',
    'How often the event loop did not turn for longer than LOOP_WATCHDOG.',
  )
  const seconds = metrics.counter(
    'mooring_eventloop_blocked_seconds_total',
    'For how long it then did not turn.',
  )
  const everyMs = Math.max(limitMs / 4, 10)
  let beforeMs = performance.now()
  setInterval(() => {
    const nowMs = performance.now()
    const blockedMs = nowMs - beforeMs - everyMs
    beforeMs = nowMs
    Atomics.add(beats, 0, 1)
    if (blockedMs < limitMs) return
    times.add()
    seconds.add(blockedMs / 1_000)
    log.warn('the event loop was blocked', { ms: Math.round(blockedMs) })
  }, everyMs).unref()
}

/** The thread is made of the function's text, so that it is there in a bundle of one file, too. */
function startThread(data: WatchData, log: Logger): void {
  new Worker(`(${watchFromOutside.toString()})()`, {
    eval: true,
    name: 'loop watchdog',
    workerData: data,
    // None of the app's: neither what it preloads nor what it sees.
    execArgv: [],
    env: {},
  })
    .on('error', (error) => log.warn('the loop watchdog has ended', { error }))
    .unref()
}
