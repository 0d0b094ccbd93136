import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Running, Target } from './target.ts'

/** An app that workerd runs. */
export interface WorkerdTarget {
  readonly name: string
  /** Its Wrangler configuration. */
  readonly configPath: string
  /** Host and port of what answers for a service binding, by its name. @default none */
  readonly services?: Readonly<Record<string, string>>
}

const runFile = promisify(execFile)

/**
 * The bundle that Wrangler would deploy, on the real workerd. Requests go straight to the Worker's
 * own socket: what Miniflare puts in front of a Worker would change them on the way.
 */
export function workerdTarget({ name, configPath, services = {} }: WorkerdTarget): Target {
  let bundled: Promise<string> | undefined
  return {
    name,
    contract: 'injected',
    start: async () => startWorker(configPath, await (bundled ??= bundle(configPath)), services),
  }
}

/** @returns the folder that holds the bundle; it goes with the process */
async function bundle(configPath: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mooring-parity-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
  const program = path.join(path.dirname(wrangler), 'bin/wrangler.js')
  const args = [program, 'deploy', '--dry-run', '--config', configPath, '--outdir', folder]
  const env = {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
  }
  await runFile(process.execPath, args, { cwd: path.dirname(configPath), env })
  return folder
}

async function startWorker(
  configPath: string,
  folder: string,
  services: Readonly<Record<string, string>>,
): Promise<Running> {
  const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler')
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = await import('miniflare')
  const main = (await readdir(folder)).find((file) => file.endsWith('.js'))
  if (main === undefined) throw new Error(`Wrangler made no bundle of ${configPath}`)
  const { workerOptions, externalWorkers } = readOptions(configPath)
  const { modulesRules: _, ...bindings } = workerOptions as {
    modulesRules?: unknown
    serviceBindings?: object
  }
  const external = Object.entries(services).map(([binding, address]) => [
    binding,
    { external: { address, http: {} } },
  ])
  const lines: string[] = []
  let ended: string | undefined
  const worker = {
    ...bindings,
    serviceBindings: { ...bindings.serviceBindings, ...Object.fromEntries(external) },
    modules: true,
    rootPath: folder,
    scriptPath: path.join(folder, main),
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
  const options = {
    host: '127.0.0.1',
    port: 0,
    log: new Log(LogLevel.NONE),
    logRequests: false,
    telemetry: { enabled: false },
    handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
    handleUncaughtError: (error: Error) => void lines.push(error.stack ?? String(error)),
    unsafeHandleRuntimeRestart: () => void (ended = 'workerd ended and was started again'),
    workers: [worker, ...externalWorkers],
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions(
      options as unknown as Parameters<typeof convertV4MiniflareOptions>[0],
    ),
  )
  try {
    const { hostname, port } = await miniflare.unsafeGetDirectURL()
    return {
      address: { host: hostname, port: Number(port) },
      logs: () => lines,
      ended: () => ended,
      stop: () => miniflare.dispose(),
    }
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}
