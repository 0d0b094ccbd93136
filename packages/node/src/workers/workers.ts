import type { LogFields, Logger } from '@mooring/core'
import { type Budget, exitCodes, exitFlushed, handleSignals, type Phase } from '@mooring/port-bound'
import type { Concurrency } from './concurrency.ts'
import type { HeldSocket } from '../held-socket.ts'
import type { ServiceManager } from '../service-manager.ts'
import type { Listening } from './worker-messages.ts'
import { describeExit, type Exit, startWorker, type WorkerProcess } from './worker-process.ts'
import { createSlot } from './worker-slot.ts'

/** Where no worker answers and each has failed this often in a row, the platform is to know. */
const mayFail = 8

/** How long the others go on accepting for a worker that does not answer. */
const blockedWorkerMs = 5_000

/** A worker that does not end by itself is killed this much before the platform kills us. */
const killedEarlierMs = 50

/** How a worker may end, what is said of all last. */
const severity: readonly number[] = [
  exitCodes.drained,
  exitCodes.crashed,
  exitCodes.deadline,
  exitCodes.interrupted,
]

export interface WorkersOptions {
  readonly concurrency: Concurrency
  readonly socket: HeldSocket
  /** What the workers find in their environment. */
  readonly env: NodeJS.ProcessEnv
  readonly budget: Budget
  readonly log: Logger
  readonly manager: ServiceManager
  readonly onExit: (worker: WorkerProcess) => void
}

/** The workers, as their parent has them. */
export interface Workers {
  /** Starts them. Resolves with what the log says about it once all are ready. */
  readonly start: (more: LogFields) => Promise<Listening>
  /** Every one that has not ended, and whether it is one that makes room for another. */
  readonly all: () => readonly { readonly worker: WorkerProcess; readonly makesRoom: boolean }[]
  /** Where the whole is: it serves while one of them does. */
  readonly phase: () => Phase
}

/**
 * The parent of several workers. It holds the listening socket and never accepts: a worker that ends
 * loses the requests that it was answering, and nothing that waits.
 */
export function createWorkers(options: WorkersOptions): Workers {
  const { concurrency, socket, env, budget, log, manager, onExit } = options
  const allReady = Promise.withResolvers<Listening>()
  const reserveMs = Math.max(budget.graceMs - budget.deadlineMs - killedEarlierMs, 0)
  let isLeaving = false
  let isForced = false
  let hasListened = false
  let isRestarting = false
  let restartsAgain = false
  let more: LogFields = {}

  const slots = Array.from({ length: concurrency.workers }, (_, index) =>
    createSlot({
      id: index + 1,
      log,
      patienceMs: budget.graceMs,
      launch,
      onReady: () => void tellWhenAllAreReady(),
      onLost,
    }),
  )
  const answers = () => slots.some((slot) => slot.current()?.isServing())

  function launch(id: number, onSignalled: (signal: string) => void): WorkerProcess {
    const { descriptor } = socket
    // While we hold the socket nothing is lost when one lets go of it.
    const onQuiet = (quiet: WorkerProcess) => !isLeaving && quiet.send({ type: 'close' })
    const worker = startWorker({ id, concurrency, descriptor, env, log, onSignalled, onQuiet })
    void worker.exited.then(() => onExit(worker))
    return worker
  }

  async function tellWhenAllAreReady(): Promise<void> {
    if (hasListened || !slots.every((slot) => slot.current()?.isServing())) return
    hasListened = true
    const first = (await slots[0]!.current()!.ready)!
    // They know whether TLS is spoken; we know by which name the address was asked for.
    const url = socket.bound?.url.replace(/^http:/, /^\w+:/.exec(first.url)![0]) ?? first.url
    const listening = { ...first, ...socket.bound, url, ...more, workers: slots.length }
    log.info('listening', listening)
    manager.ready(`${slots.length} workers listening on ${url}`)
    allReady.resolve(listening)
  }

  /** The first goes alone: a mistake that all would make is told once, and before anything serves. */
  async function boot(): Promise<void> {
    const [first, ...others] = slots
    first!.start()
    if (!(await first!.current()!.ready)) return
    for (const slot of others) if (!isLeaving) slot.start()
  }

  function onLost(exit: Exit | undefined): (() => void) | undefined {
    const code = exit?.code || exitCodes.crashed
    const isMistake = !hasListened && (code === exitCodes.config || !answers())
    const isHopeless = !answers() && slots.every((slot) => slot.failures() >= mayFail)
    if (!isMistake && !isHopeless) return undefined
    return () => leave(isMistake ? 'a worker cannot start' : 'no worker stays up', code)
  }

  /** SIGHUP: one worker after another makes room for one with what is on disk now. */
  async function restart(): Promise<void> {
    // What boots has what is on disk, and what leaves needs nothing new.
    if (!hasListened || isLeaving) return
    if (isRestarting) {
      restartsAgain = true
      return log.info('a restart is under way, another one follows')
    }
    isRestarting = true
    do {
      restartsAgain = false
      const startedMs = performance.now()
      log.info('restarting', { workers: slots.length })
      manager.reloading()
      const failed = await replaceAll()
      if (isLeaving) return
      const afterMs = Math.round(performance.now() - startedMs)
      if (failed) log.error('not restarted: the workers stay', { ...failed, afterMs })
      else log.info('restarted', { workers: slots.length, afterMs })
      const status = failed
        ? 'not restarted: the workers stay'
        : `${slots.length} workers restarted`
      manager.ready(status)
    } while (restartsAgain)
    isRestarting = false
  }

  async function replaceAll(): Promise<object | undefined> {
    for (const slot of slots) {
      const exit = await slot.replace('a restart', budget.graceMs)
      if (isLeaving) return undefined
      if (exit) return { worker: slot.id, ...describeExit(exit), replaced: slot.id - 1 }
    }
    return undefined
  }

  function leave(reason: string, exitCode: number = exitCodes.drained): void {
    if (isLeaving) return
    isLeaving = true
    void drain(reason, exitCode)
  }

  async function drain(reason: string, exitCode: number): Promise<void> {
    const startedMs = performance.now()
    for (const slot of slots) slot.stop()
    const workers = slots.flatMap((slot) => slot.all())
    const serving = workers.filter((worker) => worker.hasServed())
    const booting = workers.filter((worker) => !worker.hasServed())
    if (workers.length === 0) {
      log.error(reason, { exitCode })
      return exitFlushed(exitCode, reserveMs)
    }
    log.info('draining', { reason, workers: workers.length })
    manager.stopping(`draining: ${reason}`, budget.graceMs)
    for (const worker of booting) worker.kill('SIGTERM')
    for (const worker of serving) worker.send({ type: 'leave', reason, makesRoom: false })
    setTimeout(() => killAll(booting), reserveMs)
    setTimeout(() => killAll(workers), budget.graceMs - killedEarlierMs)

    // Until the last of them has nothing new to do we hold the socket, and they all accept. Then
    // each empties the queue before it closes, and with the last copy closes the listener.
    const allQuiet = Promise.all(serving.map((worker) => worker.quiet))
    await Promise.race([allQuiet, wait(budget.lameDuck.mostMs + blockedWorkerMs)])
    socket.release()
    for (const worker of serving) worker.send({ type: 'close' })

    const codes = (await Promise.all(serving.map((worker) => worker.exited))).map(toExitCode)
    await Promise.all(booting.map((worker) => worker.exited))
    const code = exitCode || (severity.findLast((one) => codes.includes(one)) ?? exitCodes.drained)
    const afterMs = Math.round(performance.now() - startedMs)
    if (code === exitCodes.drained) log.info('drained', { afterMs })
    else log.error('not all was finished', { afterMs, exitCode: code })
    await exitFlushed(code, reserveMs)
  }

  function force(reason: string): void {
    isForced = true
    const workers = slots.flatMap((slot) => slot.all())
    for (const worker of workers) worker.send({ type: 'force', reason })
    setTimeout(() => killAll(workers), reserveMs)
  }

  function toExitCode({ code, signal }: Exit): number {
    if (signal === 'SIGKILL') return isForced ? exitCodes.interrupted : exitCodes.deadline
    return code !== null && severity.includes(code) ? code : exitCodes.crashed
  }

  handleSignals({ isLeaving: () => isLeaving, leave, force, reload: () => void restart() }, log)
  process.on('unhandledRejection', (error) => log.error('a rejection was not handled', { error }))
  process.on('uncaughtException', (error) => {
    log.error('an exception was not caught', { error })
    leave('an uncaught exception', exitCodes.crashed)
  })

  return {
    start(fields) {
      more = fields
      void boot()
      return allReady.promise
    },
    all: () =>
      slots.flatMap((slot) =>
        slot.all().map((worker) => ({ worker, makesRoom: worker.isLeaving() })),
      ),
    phase: () => (isForced ? 'forced' : isLeaving ? 'draining' : answers() ? 'serving' : 'boot'),
  }
}

function killAll(workers: readonly WorkerProcess[]): void {
  for (const worker of workers) worker.kill('SIGKILL')
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
