import { stat } from 'node:fs/promises'
import path from 'node:path'
import { describeThrown } from '@mooring/core'
import type { Message } from 'esbuild'
import { createBackoff } from './backoff.ts'
import { type BundleCheck, createBundleCheck } from './bundle-check.ts'
import { describeExit } from './child.ts'
import type { Report, ResourceLine } from './events.ts'
import { notCompiled } from './fault.ts'
import { createFaultBoard } from './fault-board.ts'
import { formatBuildMessages } from '../format-messages.ts'
import type { Front } from './front.ts'
import { createLatest } from './latest.ts'
import { type Listening, type NodeProcess, startNodeProcess } from './node-process.ts'
import { shownPath } from '../shown-path.ts'
import {
  inFlightMs,
  type Inputs,
  isIn,
  mergeOrders,
  named,
  type Order,
  relevant,
  type Side,
  waitFor,
  whenQuiet,
} from './side.ts'
import type { NodeTarget } from './targets.ts'

export interface NodeSideOptions {
  readonly name: string
  readonly target: NodeTarget
  readonly front: Front
  readonly env: NodeJS.ProcessEnv
  readonly report: Report
  /** Called when there may be more to watch. */
  readonly onInputs: () => void
  /** Resolves when all sides answer. */
  readonly allReady: Promise<unknown>
}

/** Milliseconds after which an app that neither listens nor ends is reported. */
const silentMs = 10_000

/**
 * A port-bound app. A save starts the new version beside the old one; the old one answers until the
 * new one listens, and goes on when that never comes.
 */
export function createNodeSide(options: NodeSideOptions): Side {
  const { name, target, front, env, report, onInputs, allReady } = options
  const board = createFaultBoard(name, front, report)
  const backoff = createBackoff()
  const ready = Promise.withResolvers<readonly ResourceLine[]>()
  const envFile = path.join(target.folder, '.env')
  const processes = new Set<NodeProcess>()
  let check: Promise<BundleCheck> | undefined
  let sources: readonly string[] = [target.entry]
  let running: { readonly process: NodeProcess; readonly said: Listening } | undefined
  let runningHash: string | undefined
  let stopping = false

  const latest = createLatest<Order>(update, mergeOrders, (error) => {
    check = undefined
    if (!stopping) board.set({ title: 'The source cannot be read', text: describeThrown(error) })
  })

  const inputs = (): Inputs => ({
    files: [...sources, envFile],
    folders: running?.said.static === undefined ? [] : [running.said.static],
  })

  async function update(order: Order, signal: AbortSignal): Promise<void> {
    if (order.waitMs) await waitFor(order.waitMs, signal)
    if (stopping || signal.aborted) return
    if (order.kind === 'first' && !running) return start(order, signal)
    const checked = await lookAtSource()
    if (stopping || signal.aborted) return
    if (!checked.ok) return refuse(checked.messages)
    const { hash } = checked
    if (order.kind === 'saved' && running && hash === runningHash && !touchesFiles(order.files)) {
      return board.clear()
    }
    const next = launch()
    const said = await listening(next, signal)
    if (stopping) return
    if (signal.aborted) return next.kill()
    if (said) take(next, said, hash, order)
    else await giveUp(next)
  }

  /** At the start there is nothing to protect: the app boots first, its source is looked at later. */
  async function start(order: Order, signal: AbortSignal): Promise<void> {
    const startedAtMs = Date.now()
    const next = launch()
    const said = await listening(next, signal)
    if (stopping) return
    if (signal.aborted) return next.kill()
    if (said) {
      take(next, said, undefined, order)
      await whenQuiet(allReady, signal)
      if (stopping || signal.aborted) return
    }
    const checked = await lookAtSource()
    if (stopping || signal.aborted) return
    if (!checked.ok) return refuse(checked.messages)
    if (!said) return giveUp(next)
    // Nobody watched so far: what was saved meanwhile counts as saved now.
    if (await anyNewer(sources, startedAtMs)) return changed(sources)
    runningHash = checked.hash
  }

  async function refuse(messages: readonly Message[]): Promise<void> {
    board.set({ title: notCompiled, text: await formatBuildMessages(messages) })
  }

  async function giveUp(process: NodeProcess): Promise<void> {
    board.set({ title: 'The app does not start', text: await whyNot(process) })
  }

  function changed(files: readonly string[]): void {
    const those = relevant(files, inputs())
    if (those.length > 0) latest.order({ kind: 'saved', files: those, atMs: performance.now() })
  }

  async function lookAtSource(): ReturnType<BundleCheck['run']> {
    check ??= createBundleCheck(target.entry)
    const checked = await (await check).run()
    sources = (await check).inputs()
    onInputs()
    return checked
  }

  function touchesFiles(files: readonly string[]): boolean {
    const { folders } = inputs()
    return files.some((file) => file === envFile || folders.some((folder) => isIn(folder, file)))
  }

  function launch(): NodeProcess {
    const process = startNodeProcess(target, env, (event) => {
      report({ ...event, event: 'log', side: name })
    })
    processes.add(process)
    void process.exited.then(() => processes.delete(process))
    return process
  }

  /** Waits until it listens or has ended, or a newer version is wanted. */
  async function listening(
    process: NodeProcess,
    signal: AbortSignal,
  ): Promise<Listening | undefined> {
    const timer = setTimeout(() => {
      const title = 'The app does not listen'
      const text = `${shownPath(target.entry)} runs, and has not called serve(app) yet.`
      board.set({ title, text: [text, process.output()].filter(Boolean).join('\n\n') })
    }, silentMs)
    const superseded = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined)),
    )
    return Promise.race([process.listening, superseded]).finally(() => clearTimeout(timer))
  }

  async function whyNot(process: NodeProcess): Promise<string> {
    const exit = await process.exited
    const said = process.output()
    if (said) return said
    const entry = shownPath(target.entry)
    return `${entry} ${describeExit(exit)} before it listened. It is to call serve(app) of @mooring/node.`
  }

  function take(next: NodeProcess, said: Listening, hash: string | undefined, order: Order): void {
    const before = running
    const startedMs = performance.now()
    running = { process: next, said }
    runningHash = hash
    front.serveFrom(said.port)
    board.clear({ silently: true })
    ready.resolve(said.resources)
    onInputs()
    void next.exited.then((exit) => {
      if (stopping || running?.process !== next) return
      running = undefined
      front.lose()
      const waitMs = backoff.next(performance.now() - startedMs)
      const output = next.output()
      report({
        event: 'crashed',
        side: name,
        reason: describeExit(exit),
        output,
        restartInMs: waitMs,
      })
      latest.order({ kind: 'crashed', files: [], atMs: performance.now(), waitMs })
    })
    if (before) void front.idle(inFlightMs).then(() => before.process.stop())
    const afterMs = Math.round(performance.now() - order.atMs)
    if (order.kind === 'crashed') report({ event: 'restarted', side: name, afterMs })
    else if (order.kind !== 'first' || before) {
      report({ event: 'reloaded', side: name, files: named(order.files, inputs()), afterMs })
    }
  }

  latest.order({ kind: 'first', files: [], atMs: performance.now() })
  return {
    name,
    ready: ready.promise,
    inputs,
    changed,
    restart: () => latest.order({ kind: 'asked', files: [], atMs: performance.now() }),
    async stop() {
      stopping = true
      await Promise.all(Array.from(processes, (process) => process.stop()))
      // A bundler that is closed in the middle of its work keeps this process alive.
      await latest.end()
      await (await check)?.close()
    },
    kill() {
      for (const process of processes) process.kill()
    },
  }
}

/** Whether one of the files was written after that time, in milliseconds since 1970. */
async function anyNewer(files: readonly string[], timeMs: number): Promise<boolean> {
  const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)))
  return stats.some((found) => found !== undefined && found.mtimeMs > timeMs)
}
