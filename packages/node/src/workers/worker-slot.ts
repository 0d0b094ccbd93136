import type { Logger } from '@mooring/core'
import { describeExit, type Exit, type WorkerProcess } from './worker-process.ts'

/** One that ends sooner than this failed: the next one starts later. */
const stableMs = 30_000

/** The pause after the second failure in a row; each further one doubles it. */
const firstPauseMs = 100
const longestPauseMs = 30_000

/** A signal that reaches every process of a group reaches the parent within this time, too. */
const groupSignalMs = 250

/** The place of one worker: as soon as the one in it is lost, the next one starts. */
export interface WorkerSlot {
  readonly id: number
  /** The one that answers requests, or will. */
  readonly current: () => WorkerProcess | undefined
  /** Every one that has not ended: also one that makes room, and its successor. */
  readonly all: () => readonly WorkerProcess[]
  /** How many in a row have failed. */
  readonly failures: () => number
  readonly start: () => void
  /**
   * Starts a successor, and once it is ready lets the current one leave.
   *
   * @param patienceMs how long to wait for the one that leaves
   * @returns how the successor ended, where it never became ready and the current one stays
   */
  readonly replace: (reason: string, patienceMs: number) => Promise<Exit | undefined>
  /** No further one starts. */
  readonly stop: () => void
}

export interface SlotOptions {
  readonly id: number
  readonly launch: (id: number, onSignalled: (signal: string) => void) => WorkerProcess
  readonly log: Logger
  readonly patienceMs: number
  readonly onReady: () => void
  /** @returns what to do instead of starting the next one, where there is to be none */
  readonly onLost: (exit: Exit | undefined) => (() => void) | undefined
}

export function createSlot(options: SlotOptions): WorkerSlot {
  const { id, launch, log, patienceMs, onReady, onLost } = options
  const all = new Set<WorkerProcess>()
  let current: WorkerProcess | undefined
  let successor: WorkerProcess | undefined
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  function begin(): WorkerProcess {
    const onSignalled = (signal: string) => {
      setTimeout(() => void onAsked(worker, signal), groupSignalMs)
    }
    const worker = launch(id, onSignalled)
    all.add(worker)
    void worker.exited.then(() => all.delete(worker))
    return worker
  }

  async function onAsked(worker: WorkerProcess, signal: string): Promise<void> {
    if (isStopped || successor || worker !== current) return
    const which = { worker: id, pid: worker.pid }
    log.info('a worker is replaced', { ...which, signal })
    const failed = await replace(signal, patienceMs)
    if (failed)
      log.error('a worker is not replaced: it stays', { ...which, ...describeExit(failed) })
  }

  function start(): void {
    current = begin()
    void current.ready.then((listening) => listening && onReady())
    void watch(current)
  }

  /** Sees to it that the one in the slot has a successor. */
  async function watch(worker: WorkerProcess): Promise<void> {
    await worker.lost
    if (isStopped || worker !== current) return
    current = undefined
    const exit = await Promise.race([worker.exited, undefined])
    failures = worker.ageMs() < stableMs ? failures + 1 : 0
    const pauseMs = failures < 2 ? 0 : Math.min(firstPauseMs * 2 ** (failures - 2), longestPauseMs)
    const how = exit ? describeExit(exit) : { leaving: true }
    const giveUp = onLost(exit)
    const next = giveUp ? {} : { nextInMs: pauseMs }
    log.error('a worker is lost', { worker: id, pid: worker.pid, ...how, ...next })
    if (giveUp) giveUp()
    else if (!successor) timer = setTimeout(start, pauseMs)
  }

  async function replace(reason: string, waitMs: number): Promise<Exit | undefined> {
    while (successor) await successor.ready
    if (isStopped) return undefined
    clearTimeout(timer)
    successor = begin()
    const next = successor
    const listening = await next.ready
    successor = undefined
    if (isStopped) return undefined
    if (!listening) {
      if (!current) start()
      return await next.exited
    }
    const old = current
    current = next
    failures = 0
    void watch(next)
    onReady()
    if (!old) return undefined
    old.send({ type: 'leave', reason, makesRoom: true })
    await Promise.race([old.exited, new Promise((resolve) => setTimeout(resolve, waitMs))])
    return undefined
  }

  return {
    id,
    current: () => current,
    all: () => [...all],
    failures: () => failures,
    start,
    replace,
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
