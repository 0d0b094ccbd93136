import { type ChildProcess, spawn } from 'node:child_process'
import type { Logger } from '@mooring/core'
import type { MetricsSnapshot } from '@mooring/port-bound'
import type { Concurrency } from './concurrency.ts'
import { workerDescriptor, workerVariable } from './worker.ts'
import {
  type Checked,
  type Envelope,
  type Listening,
  open,
  type Order,
  type Report,
} from './worker-messages.ts'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A worker, as its parent sees it. */
export interface WorkerProcess {
  readonly id: number
  readonly pid: number | undefined
  /** Resolves with what it listens on, or with `undefined` when it ended before it did. */
  readonly ready: Promise<Listening | undefined>
  /** Resolves when it begins to leave, or ends, without having been told. */
  readonly lost: Promise<void>
  /** Resolves when it asks to close the listening socket, or ends. */
  readonly quiet: Promise<void>
  readonly exited: Promise<Exit>
  readonly isServing: () => boolean
  /** Whether it was ready at some time. */
  readonly hasServed: () => boolean
  readonly isLeaving: () => boolean
  /** What it measured last; nothing before it was asked. */
  readonly measured: () => MetricsSnapshot
  /** Asks what it measures now. One that does not answer is left out. */
  readonly measure: () => Promise<void>
  /** Asks for the checks of its readiness. */
  readonly check: () => Promise<Checked | undefined>
  /** Milliseconds since its start. */
  readonly ageMs: () => number
  readonly send: (order: Order) => void
  readonly kill: (signal: NodeJS.Signals) => void
}

export interface WorkerOptions {
  readonly id: number
  readonly concurrency: Concurrency
  /** Of the listening socket. */
  readonly descriptor: number
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** Somebody wants this worker to leave. */
  readonly onSignalled: (signal: string) => void
  /** It asks to close the listening socket. */
  readonly onQuiet: (worker: WorkerProcess) => void
}

/** How long a scrape or a probe waits for a worker: one whose loop is blocked has no answer. */
const answerMs = 1_000

/** A worker may miss this many pings. */
const mayMiss = 4

/** What systemd tells the process that it started. */
const forTheParentAlone = {
  LISTEN_FDS: undefined,
  LISTEN_FDNAMES: undefined,
  LISTEN_PID: undefined,
  NOTIFY_SOCKET: undefined,
  WATCHDOG_PID: undefined,
  WATCHDOG_USEC: undefined,
}

/** Starts the program of this process once more, as a worker. */
export function startWorker(options: WorkerOptions): WorkerProcess {
  const { id, concurrency, log, onSignalled, onQuiet } = options
  const startedMs = performance.now()
  const ready = Promise.withResolvers<Listening | undefined>()
  const lost = Promise.withResolvers<void>()
  const quiet = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<Exit>()
  let state: 'booting' | 'serving' | 'leaving' | 'gone' = 'booting'
  let hasServed = false
  let missed = 0
  let measured: MetricsSnapshot = []

  const child = spawnWorker(options)
  const send = (order: Order) => {
    if (order.type === 'leave') state = 'leaving'
    // A worker that has just ended cannot be told: its exit is what counts then.
    const message: Envelope<Order> = { mooring: order }
    if (child.connected) child.send(message, () => {})
  }
  const measuring = createQuestion<void>(() => send({ type: 'measure' }))
  const checking = createQuestion<Checked>(() => send({ type: 'check' }))
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  const giveUp = (why: string, forMs: number) => {
    log.error('a worker is killed', { worker: id, pid: child.pid, why, forMs })
    kill('SIGKILL')
  }

  const { bootTimeoutMs, timeoutMs } = concurrency
  const onBootTimeout = () => giveUp('it is not ready', bootTimeoutMs)
  const bootTimer = bootTimeoutMs > 0 ? setTimeout(onBootTimeout, bootTimeoutMs) : undefined
  // Counted, not timed: a machine that was suspended has missed one.
  const ping = () => {
    if (state === 'booting') return
    if (missed >= mayMiss) return giveUp('its event loop is blocked', timeoutMs)
    missed += 1
    send({ type: 'ping' })
  }
  const pingTimer = timeoutMs > 0 ? setInterval(ping, timeoutMs / mayMiss) : undefined

  function onMessage(message: unknown): void {
    const report = open<Report>(message)
    if (report) onReport(report)
  }
  function onReport(report: Report): void {
    if (report.type === 'pong') missed = 0
    else if (report.type === 'measured') {
      measured = report.metrics
      measuring.answer(undefined)
    } else if (report.type === 'checked') checking.answer(report)
    else if (report.type === 'signalled') onSignalled(report.signal)
    else if (report.type === 'ready') {
      clearTimeout(bootTimer)
      if (state === 'booting') state = 'serving'
      hasServed = true
      ready.resolve(report.listening)
    } else {
      if (state === 'serving') lost.resolve()
      state = 'leaving'
      quiet.resolve()
      onQuiet(worker)
    }
  }
  function onExit(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(bootTimer)
    clearInterval(pingTimer)
    state = 'gone'
    exited.resolve({ code, signal })
    ready.resolve(undefined)
    quiet.resolve()
    lost.resolve()
  }
  const worker: WorkerProcess = {
    id,
    pid: child.pid,
    ready: ready.promise,
    lost: lost.promise,
    quiet: quiet.promise,
    exited: exited.promise,
    isServing: () => state === 'serving',
    hasServed: () => hasServed,
    isLeaving: () => state === 'leaving',
    measured: () => measured,
    measure: measuring.ask,
    check: checking.ask,
    ageMs: () => performance.now() - startedMs,
    send,
    kill,
  }
  child.on('message', onMessage)
  child.on('exit', onExit)
  child.on('error', (error) => {
    log.error('a worker cannot be started or told', { worker: id, pid: child.pid, error })
    if (child.pid === undefined) onExit(null, null)
  })
  return worker
}

interface Question<Answer> {
  /** Resolves with the answer, or with `undefined` when there is none in time. */
  readonly ask: () => Promise<Answer | undefined>
  readonly answer: (answer: Answer) => void
}

/** Asks once at a time: whoever asks meanwhile has the same answer. */
function createQuestion<Answer>(send: () => void): Question<Answer> {
  let asked: PromiseWithResolvers<Answer | undefined> | undefined
  const answer = (given: Answer | undefined) => {
    asked?.resolve(given)
    asked = undefined
  }
  return {
    ask() {
      if (asked) return asked.promise
      asked = Promise.withResolvers()
      const { promise } = asked
      const timer = setTimeout(answer, answerMs)
      void promise.then(() => clearTimeout(timer))
      send()
      return promise
    },
    answer,
  }
}

function spawnWorker({ id, concurrency, descriptor, env }: WorkerOptions): ChildProcess {
  const { execArgv, argv, execPath } = process
  // The parent has the port of the debugger that was asked for.
  const debug = execArgv.some((flag) => flag.startsWith('--inspect')) ? ['--inspect-port=0'] : []
  const stdio: (number | 'inherit' | 'ipc')[] = ['inherit', 'inherit', 'inherit']
  stdio[workerDescriptor] = descriptor
  return spawn(execPath, [...execArgv, ...debug, ...argv.slice(1)], {
    env: { ...env, ...forTheParentAlone, [workerVariable]: `${id}/${concurrency.workers}` },
    stdio: [...stdio, 'ipc'],
  })
}

/** How a process ended, for a log line. */
export function describeExit({ code, signal }: Exit): { exitCode: number } | { signal: string } {
  return signal === null ? { exitCode: code ?? 1 } : { signal }
}
