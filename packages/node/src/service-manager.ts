import { spawn } from 'node:child_process'
import type { Logger } from '@mooring/core'

/** What started the process, and wants to know how it is doing: systemd, by sd_notify(3). */
export interface ServiceManager {
  /** It serves, or serves again. From the first time on the watchdog is fed. */
  readonly ready: (status: string) => void
  /** SIGHUP is being obeyed; `ready` follows. */
  readonly reloading: () => void
  /** It leaves, and may take that long. */
  readonly stopping: (status: string, graceMs: number) => void
}

const nobody: ServiceManager = { ready: () => {}, reloading: () => {}, stopping: () => {} }

/**
 * Talks to the socket that `NOTIFY_SOCKET` names. It is one of AF_UNIX datagrams, which Node cannot
 * open: systemd's own systemd-notify sends, so the unit needs `NotifyAccess=all`.
 *
 * Where `WATCHDOG_USEC` is set (and `WATCHDOG_PID` is this process) the watchdog is fed at half of
 * it, by a timer: an event loop that is blocked feeds nothing.
 */
export function connectServiceManager(env: NodeJS.ProcessEnv, log: Logger): ServiceManager {
  if (!env['NOTIFY_SOCKET']) return nobody
  const send = createSender(env, log)
  const watchdogMs = readWatchdog(env)
  let watchdog: NodeJS.Timeout | undefined

  function feed(): void {
    send.ifIdle(['WATCHDOG=1'])
  }

  return {
    ready(status) {
      send.inOrder(['READY=1', `MAINPID=${process.pid}`, `STATUS=${status}`])
      if (watchdogMs !== undefined) watchdog ??= setInterval(feed, watchdogMs / 2).unref()
    },
    reloading() {
      // CLOCK_MONOTONIC, which is what Node's clock reads.
      const nowMicroseconds = process.hrtime.bigint() / 1_000n
      send.inOrder(['RELOADING=1', `MONOTONIC_USEC=${nowMicroseconds}`, 'STATUS=restarting'])
    },
    stopping(status, graceMs) {
      const extend = `EXTEND_TIMEOUT_USEC=${Math.round(graceMs * 1_000)}`
      send.inOrder(['STOPPING=1', `STATUS=${status}`, extend])
    },
  }
}

interface Sender {
  readonly inOrder: (fields: readonly string[]) => void
  /** Sends what would be of no use later: nothing, where something else is still being sent. */
  readonly ifIdle: (fields: readonly string[]) => void
}

function createSender({ PATH, NOTIFY_SOCKET }: NodeJS.ProcessEnv, log: Logger): Sender {
  let last = Promise.resolve()
  let pending = 0
  let hasFailed = false

  function inOrder(fields: readonly string[]): void {
    pending += 1
    last = last.then(async () => {
      const problem = await sendOnce(fields)
      pending -= 1
      if (problem === undefined || hasFailed) return
      hasFailed = true
      const fix = 'install systemd-notify (in the package systemd), or use Type=exec in the unit.'
      log.warn('systemd cannot be told', { fields, problem, fix })
    })
  }

  /** @returns why it could not be sent */
  function sendOnce(fields: readonly string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      const child = spawn('systemd-notify', fields, {
        env: { PATH, NOTIFY_SOCKET },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let told = ''
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (told += chunk))
      child.on('error', (error) => resolve(error.message))
      child.on('close', (code) => resolve(code === 0 ? undefined : told.trim() || `exit ${code}`))
    })
  }

  return {
    inOrder,
    ifIdle(fields) {
      if (pending === 0) inOrder(fields)
    },
  }
}

/** sd_watchdog_enabled(3). */
function readWatchdog({ WATCHDOG_PID, WATCHDOG_USEC }: NodeJS.ProcessEnv): number | undefined {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return undefined
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d*$/.test(WATCHDOG_USEC)) return undefined
  return Number(WATCHDOG_USEC) / 1_000
}
