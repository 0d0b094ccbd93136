import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import type { LogLine } from './log-line.ts'
import { notStarted, type Running, type Target } from './target.ts'

/** An app that workerd runs. */
export interface WorkerdTarget {
  readonly name: string
  /** Its Wrangler configuration. */
  readonly configPath: string
  /** Host and port of what answers for a service binding, by its name. @default none */
  readonly services?: Readonly<Record<string, string>>
  /** Beside those of its configuration. @default none */
  readonly vars?: Readonly<Record<string, string>>
}

const runFile = promisify(execFile)

/**
 * The bundle that Wrangler would deploy, on the real workerd. Requests go straight to the Worker's
 * own socket: what Miniflare puts in front of a Worker would change them on the way.
 */
export function workerdTarget(target: WorkerdTarget): Target {
  let bundled: Promise<readonly Module[]> | undefined
  return {
    name: target.name,
    contract: 'injected',
    async start(signal) {
      const { name, configPath } = target
      // Both take a second to load, and Wrangler's own process one more.
      const tools = Promise.all([import('wrangler'), import('miniflare')])
      const modules = await (bundled ??= bundle(name, configPath, signal))
      return startWorker(target, modules, await tools, signal)
    },
  }
}

/** Levels of `console` whose lines other runtimes write to stderr. */
const toStderr: ReadonlySet<string> = new Set(['warn', 'error'])

/** A module of a bundle, as Miniflare takes it. */
interface Module {
  readonly type: string
  readonly path: string
  readonly contents: Buffer
}

/** What Wrangler writes beside the main file, by its ending. Source maps are none. */
const moduleTypes: Readonly<Record<string, string>> = {
  '.js': 'ESModule',
  '.mjs': 'ESModule',
  '.wasm': 'CompiledWasm',
  '.txt': 'Text',
  '.html': 'Text',
  '.sql': 'Text',
  '.bin': 'Data',
}

/** @returns the modules, the main one first */
async function bundle(
  name: string,
  configPath: string,
  signal: AbortSignal,
): Promise<readonly Module[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mooring-parity-'))
  try {
    const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
    const program = path.join(path.dirname(wrangler), 'bin/wrangler.js')
    const args = [program, 'deploy', '--dry-run', '--config', configPath, '--outdir', folder]
    const quiet = { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' }
    const env = { ...process.env, ...quiet, NO_COLOR: '1', FORCE_COLOR: '0' }
    await runFile(process.execPath, args, { cwd: path.dirname(configPath), env, signal }).catch(
      (error: Error & { readonly stdout?: string; readonly stderr?: string }) => {
        signal.throwIfAborted()
        const said = saidBy(error.stderr || error.stdout || error.message)
        throw notStarted(name, 'has no bundle: Wrangler cannot make it', `${configPath}\n${said}`)
      },
    )
    const modules = (await readdir(folder)).flatMap((file) => {
      const type = moduleTypes[path.extname(file)]
      return type === undefined ? [] : [{ type, path: path.join(folder, file) }]
    })
    const isMain = ({ type }: { readonly type: string }) => type === 'ESModule'
    if (!modules.some(isMain)) throw new Error(`Wrangler made no bundle of ${configPath}`)
    const sorted = modules.toSorted((a, b) => Number(isMain(b)) - Number(isMain(a)))
    return await Promise.all(
      sorted.map(async (each) => ({ ...each, contents: await readFile(each.path) })),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Without colours, which it has also where none are asked for, and without what is about itself. */
function saidBy(wrangler: string): string {
  const lines = stripVTControlCharacters(wrangler).split('\n')
  const told = lines.filter((line) => !/^🪵|^ *If you think this is a bug/u.test(line))
  return told.join('\n').replace(/\n\s*\n/g, '\n')
}

/** What Miniflare's types leave out of a Worker. */
interface Scheduled {
  scheduled(event: {
    readonly cron: string
    readonly scheduledTime: Date
  }): Promise<{ readonly outcome: string }>
}

type Tools = readonly [typeof import('wrangler'), typeof import('miniflare')]

async function startWorker(
  { configPath, services = {}, vars }: WorkerdTarget,
  modules: readonly Module[],
  [wrangler, { convertV4MiniflareOptions, Log, LogLevel, Miniflare }]: Tools,
  signal: AbortSignal,
): Promise<Running> {
  const { triggers } = wrangler.unstable_readConfig({ config: configPath }, { hideWarnings: true })
  const { workerOptions, externalWorkers } = wrangler.unstable_getMiniflareWorkerOptions(configPath)
  const { modulesRules: _, ...bindings } = workerOptions as {
    modulesRules?: unknown
    serviceBindings?: object
    bindings?: object
  }
  const external = Object.entries(services).map(([binding, address]) => [
    binding,
    { external: { address, http: {} } },
  ])
  let lines: LogLine[] = []
  let ended: string | undefined
  const worker = {
    ...bindings,
    serviceBindings: { ...bindings.serviceBindings, ...Object.fromEntries(external) },
    bindings: { ...bindings.bindings, ...vars },
    modules,
    modulesRoot: path.dirname(modules[0]!.path),
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
  const options = {
    host: '127.0.0.1',
    port: 0,
    log: new Log(LogLevel.NONE),
    logRequests: false,
    // Only so it says what nobody caught.
    verbose: true,
    telemetry: { enabled: false },
    handleStructuredLogs: ({ level, message }: { level: string; message: string }) =>
      void lines.push({ text: message, to: toStderr.has(level) ? 'err' : 'out' }),
    handleUncaughtError: (error: Error) =>
      void lines.push({ text: error.stack ?? String(error), to: 'err' }),
    unsafeHandleRuntimeRestart: () => void (ended = 'workerd ended and was started again'),
    workers: [worker, ...externalWorkers],
  }
  const converted = convertV4MiniflareOptions(
    options as unknown as Parameters<typeof convertV4MiniflareOptions>[0],
  )
  const miniflare = new Miniflare(converted)
  async function started(): Promise<Running> {
    const { hostname, port } = await miniflare.unsafeGetDirectURL()
    signal.throwIfAborted()
    const own = lines
    return {
      address: { host: hostname, port: Number(port) },
      logs: () => own,
      async runSchedule({ cron }) {
        if (!triggers.crons?.includes(cron))
          return `nothing: no trigger of ${configPath} has ${cron}`
        const entry = (await miniflare.getWorker()) as unknown as Scheduled
        const { outcome } = await entry.scheduled({ cron, scheduledTime: new Date() })
        return outcome === 'ok' ? 'ran' : 'failed'
      },
      ended: () => ended,
      stop: () => miniflare.dispose(),
      async restart() {
        // Another workerd, with the folders of this one.
        await miniflare.setOptions(converted)
        lines = []
        ended = undefined
        return started()
      },
    }
  }
  try {
    return await started()
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}
