import path from 'node:path'
import { describeThrown } from '@mooring/core'
import { createBackoff } from './backoff.ts'
import { describeExit } from './child.ts'
import { type HostNews, type HostProcess, startHostProcess } from './edge/host-process.ts'
import type { EdgeFailure, EdgeSetup } from './edge/protocol.ts'
import { createScratch } from './edge/scratch.ts'
import type { Report, ResourceLine } from './events.ts'
import { notCompiled } from './fault.ts'
import { createFaultBoard } from './fault-board.ts'
import { formatBuildMessages } from '../format-messages.ts'
import type { Front } from './front.ts'
import { createLatest } from './latest.ts'
import { parseLogLine } from './log-line.ts'
import {
  endStreamsMs,
  inFlightMs,
  type Inputs,
  mergeOrders,
  named,
  type Order,
  relevant,
  type Side,
  waitFor,
  whenQuiet,
} from './side.ts'

export interface EdgeSideOptions {
  readonly name: string
  readonly folder: string
  readonly setup: EdgeSetup
  readonly front: Front
  readonly report: Report
  /** Called when there may be more to watch. */
  readonly onInputs: () => void
  /** Resolves when all sides answer. */
  readonly allReady: Promise<unknown>
}

/** Files that Wrangler reads variables from, beside its configuration. */
const variableFiles: readonly string[] = ['.dev.vars', '.env', '.env.local']

/**
 * The injected side. A save is bundled while the old version answers; then requests wait until
 * workerd runs the new one, or the old one again if it refuses.
 */
export function createEdgeSide(options: EdgeSideOptions): Side {
  const { name, folder, setup, front, report, onInputs, allReady } = options
  const board = createFaultBoard(name, front, report)
  const backoff = createBackoff()
  const ready = Promise.withResolvers<readonly ResourceLine[]>()
  const scratch = createScratch([setup.configPath, ...configPathsOf(setup)].map(path.dirname))
  const variables = variableFiles.map((file) => path.join(folder, file))
  let watched: Inputs = { files: [setup.configPath], folders: [] }
  let host: HostProcess | undefined
  let runtimeCrashedAtMs = 0
  let stopping = false

  const latest = createLatest<Order>(update, mergeOrders, (error) => {
    if (!stopping) board.set({ title: 'The Worker cannot be run', text: describeThrown(error) })
  })
  const inputs = (): Inputs => ({ ...watched, files: [...watched.files, ...variables] })

  async function update(order: Order, signal: AbortSignal): Promise<void> {
    if (order.waitMs) await waitFor(order.waitMs, signal)
    if (stopping || signal.aborted) return
    const before = inputs()
    host ??= launch()
    const force = order.kind === 'asked'
    const built = await host.ask({ type: 'build', force, files: force ? [] : order.files })
    if (!built || (built.type !== 'built' && built.type !== 'not-built')) return
    watched = built.inputs
    onInputs()
    if (stopping || signal.aborted) return
    if (built.type === 'not-built') {
      const { failure } = built
      const what = failure.of === 'code' ? notCompiled : 'The configuration cannot be read'
      return refuse(what, failure)
    }
    if (!built.changed) return board.clear()

    front.hold()
    await front.idle(inFlightMs)
    await front.endStreams(endStreamsMs)
    const applied = await host?.ask({ type: 'apply' })
    if (stopping) return
    if (!applied || (applied.type !== 'applied' && applied.type !== 'not-applied')) return
    if (applied.port === undefined) front.lose()
    else front.serveFrom(applied.port)
    if (applied.type === 'not-applied') return refuse('The Worker does not start', applied.failure)
    board.clear({ silently: true })
    ready.resolve(applied.resources)
    tell(order, before)
    if (built.warm) void verify()
  }

  /** A warm start ran what Wrangler made last time; now it may say what it makes of it today. */
  async function verify(): Promise<void> {
    await whenQuiet(allReady)
    if (!stopping) latest.order({ kind: 'saved', files: [], atMs: performance.now() })
  }

  async function refuse(title: string, { messages, text }: EdgeFailure): Promise<void> {
    if (messages.length === 0) return board.set({ title, text }, host?.output())
    board.set({ title, text: await formatBuildMessages(messages) })
  }

  /** @param before the inputs that it had: a file that is gone was one of them */
  function tell({ kind, files, atMs }: Order, before: Inputs): void {
    const afterMs = Math.round(performance.now() - atMs)
    if (kind === 'crashed') report({ event: 'restarted', side: name, afterMs })
    else if (kind !== 'first') {
      report({ event: 'reloaded', side: name, files: named(files, before, inputs()), afterMs })
    }
  }

  function launch(): HostProcess {
    const startedMs = performance.now()
    const started = startHostProcess({
      setup,
      scratchFolder: scratch.folder,
      onNews,
    })
    void started.exited.then((exit) => {
      if (stopping) return
      host = undefined
      front.lose()
      const waitMs = backoff.next(performance.now() - startedMs)
      const output = started.output()
      report({
        event: 'crashed',
        side: name,
        reason: describeExit(exit),
        output,
        restartInMs: waitMs,
      })
      latest.order({ kind: 'crashed', files: [], atMs: performance.now(), waitMs })
    })
    return started
  }

  function onNews(news: HostNews): void {
    switch (news.type) {
      case 'log': {
        const event = parseLogLine(news.message) ?? { level: news.level, message: news.message }
        return report({ ...event, event: 'log', side: name })
      }
      case 'runtime-crashed': {
        runtimeCrashedAtMs = performance.now()
        front.lose()
        const output = host?.output() ?? ''
        return report({
          event: 'crashed',
          side: name,
          reason: 'workerd ended',
          output,
          restartInMs: 0,
        })
      }
      case 'runtime-restarted': {
        front.serveFrom(news.port)
        const afterMs = Math.round(performance.now() - runtimeCrashedAtMs)
        return report({ event: 'restarted', side: name, afterMs })
      }
    }
  }

  latest.order({ kind: 'first', files: [], atMs: performance.now() })
  return {
    name,
    ready: ready.promise,
    inputs,
    changed(files) {
      const those = relevant(files, inputs())
      if (those.length > 0) latest.order({ kind: 'saved', files: those, atMs: performance.now() })
    },
    restart: () => latest.order({ kind: 'asked', files: [], atMs: performance.now() }),
    async stop() {
      stopping = true
      await host?.stop()
      await latest.end()
      scratch.remove()
    },
    kill() {
      host?.kill()
      scratch.remove()
    },
  }
}

function configPathsOf({ backing }: EdgeSetup): readonly string[] {
  return backing.flatMap((each) => ('configPath' in each ? [each.configPath] : []))
}
