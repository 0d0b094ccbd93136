import type { V4WorkerOptions } from 'miniflare'
import path from 'node:path'
import {
  BundleError,
  createEdgeBundler,
  type BundledWorker,
  type EdgeBundler,
  failureOf,
} from './bundler.ts'
import type {
  BackingAddress,
  BackingWorker,
  EdgeFailure,
  EdgeInputs,
  EdgeSetup,
  FromHost,
  ToHost,
} from './protocol.ts'
import {
  assetFolders,
  createEdgeRuntime,
  fingerprint,
  RefusedError,
  type RuntimePlan,
} from './runtime.ts'
import { readBundleMap } from './source-map.ts'
import { readWarm, type Warm, writeWarm } from './warm-start.ts'
import { resourcesOf, type ServiceTarget, workerOptions } from './worker-options.ts'

/** The state of one edge host: bundlers, the plan that runs, the plan to run next. */
export interface EdgeHost {
  readonly receive: (message: ToHost) => void
  readonly close: () => Promise<void>
}

export function createEdgeHost(send: (message: FromHost) => void): EdgeHost {
  const runtime = createEdgeRuntime({
    log: (level, message) => send({ type: 'log', level, message }),
    restarted: (port) => send({ type: 'runtime-restarted', port }),
    lost: (error) => {
      throw error
    },
  })
  let setup: EdgeSetup | undefined
  let bundlers: Promise<readonly EdgeBundler[]> | undefined
  let next: Warm | undefined
  let runningPrint: string | undefined
  let knownFolders: readonly string[] = []
  let queue: Promise<void> = Promise.resolve()

  async function build(of: EdgeSetup, force: boolean): Promise<FromHost> {
    if (!bundlers && !next) {
      next = await readWarm(of.warmFolder, of)
      if (next) return { type: 'built', changed: true, warm: true, inputs: next.inputs }
    }
    bundlers ??= Promise.all(
      [of.configPath, ...of.backing.filter(isWorker).map(({ configPath }) => configPath)].map(
        createEdgeBundler,
      ),
    )
    const all = await bundlers
    try {
      const plan = await planOf(of, all)
      knownFolders = assetFolders(plan)
      next = { plan, inputs: inputsOf(all) }
      const changed = force || (await fingerprint(plan)) !== runningPrint
      return { type: 'built', changed, warm: false, inputs: next.inputs }
    } catch (error) {
      const failure = explain(error, of)
      const blamed = failure.messages.flatMap(({ location }) => location?.file ?? [])
      return { type: 'not-built', failure, inputs: inputsOf(all, blamed) }
    }
  }

  function inputsOf(all: readonly EdgeBundler[], blamed: readonly string[] = []): EdgeInputs {
    const files = all.flatMap((bundler) => [bundler.configPath, ...bundler.inputs()])
    return { files: [...files, ...blamed], folders: knownFolders }
  }

  async function apply(of: EdgeSetup): Promise<FromHost> {
    if (!next) throw new Error('apply came before a build')
    const { plan, inputs } = next
    const [main] = plan.workers
    try {
      const port = await runtime.run(plan)
      runningPrint = await fingerprint(plan)
      if (bundlers) await writeWarm(of.warmFolder, of, plan, inputs)
      return { type: 'applied', port, resources: main ? resourcesOf(main, of.persistFolder) : [] }
    } catch (error) {
      const port = runtime.port()
      return {
        type: 'not-applied',
        failure: explain(error, of),
        ...(port !== undefined && { port }),
      }
    }
  }

  async function answer(message: ToHost): Promise<void> {
    if (message.type === 'setup') return void (setup = message.setup)
    if (!setup) throw new Error(`${message.type} came before setup`)
    send(message.type === 'build' ? await build(setup, message.force) : await apply(setup))
  }

  return {
    receive: (message) => {
      queue = queue.then(() => answer(message))
    },
    async close() {
      const opened = await bundlers?.catch(() => [])
      await Promise.allSettled([runtime.close(), ...(opened ?? []).map((each) => each.close())])
    },
  }
}

/** Bundles every Worker, and ties them together. */
async function planOf(setup: EdgeSetup, bundlers: readonly EdgeBundler[]): Promise<RuntimePlan> {
  const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler')
  const bundled = await Promise.all(bundlers.map((bundler) => bundler.build()))
  const workers: V4WorkerOptions[] = []
  for (const [index, worker] of bundled.entries()) {
    const { workerOptions: fromConfig, externalWorkers } = readOptions(worker.wranglerConfig)
    const services = index === 0 ? servicesOf(setup, bundled.slice(1)) : {}
    workers.push(workerOptions(worker, fromConfig, services), ...externalWorkers)
  }
  const maps = (await Promise.all(bundled.map(readBundleMap))).filter((map) => map !== undefined)
  return { workers, persistFolder: setup.persistFolder, publicUrl: setup.publicUrl, maps }
}

function servicesOf(
  { backing }: EdgeSetup,
  backingWorkers: readonly BundledWorker[],
): Record<string, ServiceTarget> {
  const services: Record<string, ServiceTarget> = {}
  for (const [index, { binding }] of backing.filter(isWorker).entries()) {
    services[binding] = backingWorkers[index]!.config.name
  }
  for (const each of backing) {
    if (!isWorker(each)) services[each.binding] = { external: { address: each.address, http: {} } }
  }
  return services
}

function isWorker(each: BackingWorker | BackingAddress): each is BackingWorker {
  return 'configPath' in each
}

function explain(error: unknown, { configPath }: EdgeSetup): EdgeFailure {
  if (error instanceof BundleError) return error.failure
  if (error instanceof RefusedError) return { messages: [], text: error.message }
  return failureOf(error, path.dirname(configPath))
}
