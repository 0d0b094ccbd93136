import type { V4WorkerOptions } from 'miniflare'
import {
  BundleError,
  createEdgeBundler,
  type BundledWorker,
  type EdgeBundler,
  failureOf,
} from './bundler.ts'
import { loadWrangler } from './cloudflare-tools.ts'
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
import { readWarm, type Warm, writeWarm } from './warm-start.ts'
import { checkObjects } from './object-check.ts'
import { checkQueues } from './queue-check.ts'
import { checkSchedules } from './schedule-check.ts'
import { resourcesOf, type ServiceTarget, workerOptions } from './worker-options.ts'

/** The state of one edge host: bundlers, the plan that runs, the plan to run next. */
export interface EdgeHost {
  readonly receive: (message: ToHost) => void
  readonly close: () => Promise<void>
}

export function createEdgeHost(send: (message: FromHost) => void): EdgeHost {
  const warn = (message: string) => send({ type: 'log', level: 'warn', message })
  const runtime = createEdgeRuntime({
    log: (level, message) => send({ type: 'log', level, message }),
    crons: ({ worker, crons }) => {
      // Each isolate says it.
      const messages = checkSchedules(crons, next?.plan.triggers[worker] ?? [])
      if (messages.join() !== told.get(worker)) for (const message of messages) warn(message)
      told.set(worker, messages.join())
    },
    aside: (message) => void process.stderr.write(`${message}\n`),
    crashed: () => send({ type: 'runtime-crashed' }),
    restarted: (port) => send({ type: 'runtime-restarted', port }),
    lost: (error) => {
      throw error
    },
  })
  /** What was said of each Worker's schedules. */
  const told = new Map<string, string>()
  let setup: EdgeSetup | undefined
  let bundlers: Promise<readonly EdgeBundler[]> | undefined
  let next: (Warm & { readonly print: string }) | undefined
  let writing: Promise<void> = Promise.resolve()
  let runningPrint: string | undefined
  let knownFolders: readonly string[] = []
  let queue: Promise<void> = Promise.resolve()

  async function build(of: EdgeSetup, force: boolean, files: readonly string[]): Promise<FromHost> {
    if (!bundlers && !next) {
      const warm = await readWarm(of.warmFolder, of)
      if (warm) {
        next = { ...warm, print: await fingerprint(warm.plan) }
        return { type: 'built', changed: true, warm: true, inputs: warm.inputs }
      }
    }
    bundlers ??= Promise.all(
      [of.configPath, ...of.backing.filter(isWorker).map(({ configPath }) => configPath)].map(
        createEdgeBundler,
      ),
    )
    const all = await bundlers
    try {
      const plan = await planOf(of, all, files)
      knownFolders = assetFolders(plan)
      next = { plan, inputs: inputsOf(all), print: await fingerprint(plan) }
      const changed = force || next.print !== runningPrint
      return { type: 'built', changed, warm: false, inputs: next.inputs }
    } catch (error) {
      const failure = explain(error, of)
      // esbuild was killed, and Wrangler keeps to it: only another host has another.
      if (/^The service (is no longer running|was stopped)/.test(failure.text)) throw error
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
    const { plan, inputs, print } = next
    const [main] = plan.workers
    try {
      const port = await runtime.run(plan)
      runningPrint = print
      for (const message of plan.warnings) warn(message)
      // Nobody waits for this.
      if (bundlers) writing = writing.then(() => writeWarm(of.warmFolder, of, plan, inputs))
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
    const { type } = message
    send(type === 'build' ? await build(setup, message.force, message.files) : await apply(setup))
  }

  return {
    receive: (message) => {
      queue = queue.then(() => answer(message))
    },
    async close() {
      const opened = await bundlers?.catch(() => [])
      const closed = (opened ?? []).map((each) => each.close())
      await Promise.allSettled([runtime.close(), writing, ...closed])
    },
  }
}

/** Bundles every Worker that one of the files may matter to, and ties them all together. */
async function planOf(
  setup: EdgeSetup,
  bundlers: readonly EdgeBundler[],
  files: readonly string[],
): Promise<RuntimePlan> {
  const { unstable_getMiniflareWorkerOptions: readOptions } = loadWrangler()
  // A file that none is known to read may be anything: a new module, a setting.
  const known = files.length > 0 && files.every((file) => bundlers.some(reads(file)))
  const bundled = await Promise.all(
    bundlers.map((bundler) => {
      const untouched = known && !files.some((file) => reads(file)(bundler))
      return (untouched && bundler.last()) || bundler.build()
    }),
  )
  const workers: V4WorkerOptions[] = []
  for (const [index, worker] of bundled.entries()) {
    const { workerOptions: fromConfig, externalWorkers } = readOptions(worker.wranglerConfig)
    const services = index === 0 ? servicesOf(setup, bundled.slice(1)) : {}
    workers.push(workerOptions(worker, fromConfig, services), ...externalWorkers)
  }
  const maps = bundled.flatMap(({ map }) => map ?? [])
  const triggers = Object.fromEntries(
    bundled.map(({ config, wranglerConfig }) => [config.name, wranglerConfig.triggers.crons ?? []]),
  )
  const warnings = [
    ...checkQueues(workers),
    ...bundled.flatMap(({ wranglerConfig }) => checkObjects(wranglerConfig)),
  ]
  const { persistFolder, publicUrl } = setup
  return { workers, persistFolder, publicUrl, triggers, maps, warnings }
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

const reads = (file: string) => (bundler: EdgeBundler) => bundler.inputs().includes(file)

function isWorker(each: BackingWorker | BackingAddress): each is BackingWorker {
  return 'configPath' in each
}

function explain(error: unknown, { configPath }: EdgeSetup): EdgeFailure {
  if (error instanceof BundleError) return error.failure
  if (error instanceof RefusedError) return { of: 'code', messages: [], text: error.message }
  return failureOf(error, configPath)
}
