import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Miniflare, V4WorkerOptions } from 'miniflare'
import { loadMiniflare } from './cloudflare-tools.ts'
import { parseLogLine } from '../log-line.ts'
import { cronsIn, type ToldCrons } from './schedule-check.ts'
import { createRuntimeWords } from './runtime-words.ts'
import { type BundleMap, mapPositions } from './source-map.ts'

/** What the Workers are run with, all of it. */
export interface RuntimePlan {
  /** The first is the one that answers. */
  readonly workers: readonly V4WorkerOptions[]
  readonly persistFolder: string
  readonly publicUrl: string
  /** The cron triggers of each, by its name. */
  readonly triggers: Readonly<Record<string, readonly string[]>>
  readonly maps: readonly BundleMap[]
  /** What the configurations leave out, and nothing refuses. */
  readonly warnings: readonly string[]
}

export interface RuntimeHooks {
  /** A line of a Worker's console, or of an error that it did not catch. */
  readonly log: (level: string, message: string) => void
  /** The schedules of a Worker's app. */
  readonly crons: (told: ToldCrons) => void
  /** What the runtime says of itself. */
  readonly aside: (message: string) => void
  /** The runtime died, and is started again. */
  readonly crashed: () => void
  readonly restarted: (port: number) => void
  /** It died and cannot be started again. */
  readonly lost: (error: unknown) => void
}

/** workerd refuses to run the Workers; the message is what it said. */
export class RefusedError extends Error {}

/** One Miniflare, and so one workerd process, for all Workers. */
export interface EdgeRuntime {
  /**
   * Runs the plan in place of the one before.
   *
   * @returns the port on 127.0.0.1
   * @throws RefusedError; the plan before runs again then
   */
  readonly run: (plan: RuntimePlan) => Promise<number>
  /** The port of the plan that runs, if one does. */
  readonly port: () => number | undefined
  readonly close: () => Promise<void>
}

export function createEdgeRuntime(hooks: RuntimeHooks): EdgeRuntime {
  const words = createRuntimeWords()
  let miniflare: Miniflare | undefined
  let running: { readonly plan: RuntimePlan; readonly port: number } | undefined
  /** What is said while the runtime starts: if it does not, that is the reason. */
  let starting: { readonly level: string; readonly message: string }[] | undefined

  function log(level: string, message: string, maps: readonly BundleMap[]): void {
    const crons = cronsIn(message)
    if (crons) return hooks.crons(crons)
    if (words.takes(message)) return hooks.aside(message)
    const reason = words.behind(message)
    if (reason !== undefined) log(level, `workerd: ${reason}`, maps)
    const mapped = level === 'error' || level === 'warn' ? mapPositions(message, maps) : message
    if (starting) starting.push({ level, message: mapped })
    else hooks.log(level, mapped)
  }

  async function start(plan: RuntimePlan): Promise<number> {
    const { convertV4MiniflareOptions, Log, LogLevel, Miniflare: Runtime } = loadMiniflare()
    class HostLog extends Log {
      // Errors of a Worker come by their own hook; the one that is left is a restart that failed.
      override error(error: Error & { readonly code?: string }) {
        if (error.code === 'ERR_RUNTIME_FAILURE') hooks.lost(error)
      }

      // Miniflare has a hook for when the runtime is back, and only this for when it goes.
      override warn(message: string) {
        if (message.includes('runtime crashed unexpectedly')) hooks.crashed()
      }
    }
    const options = convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      publicUrl: plan.publicUrl,
      log: new HostLog(LogLevel.ERROR),
      logRequests: false,
      telemetry: { enabled: false },
      unsafeTriggerHandlers: true,
      handleStructuredLogs: ({ level, message }) => log(level, message, plan.maps),
      handleUncaughtError: (error) => log('error', error.stack ?? String(error), plan.maps),
      unsafeHandleRuntimeRestart: async () => hooks.restarted(await portOf(miniflare)),
      resourcePersistencePath: plan.persistFolder,
      workers: [...plan.workers],
    })
    if (miniflare) await miniflare.setOptions(options)
    else miniflare = new Runtime(options)
    return portOf(miniflare)
  }

  return {
    async run(plan) {
      const before = running
      const said = (starting = [] as NonNullable<typeof starting>)
      running = undefined
      try {
        running = { plan, port: await start(plan) }
        for (const { level, message } of said) hooks.log(level, message)
        return running.port
      } catch (error) {
        const reason =
          said.map(({ message }) => message).join('\n') || mapPositions(messageOf(error), plan.maps)
        if (before) running = { plan: before.plan, port: await start(before.plan) }
        else {
          await miniflare?.dispose().catch(() => {})
          miniflare = undefined
        }
        throw new RefusedError(reason.replace(/^service core:user:[^:]+: /gm, ''), { cause: error })
      } finally {
        starting = undefined
      }
    },
    port: () => running?.port,
    close: async () => miniflare?.dispose(),
  }
}

/** Miniflare's message, and in it what workerd logged: a JSON line each. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const logged = text.split('\n').flatMap((line) => parseLogLine(line)?.message ?? [])
  return logged.length > 0 ? logged.join('\n') : text
}

async function portOf(miniflare: Miniflare | undefined): Promise<number> {
  return miniflare ? Number((await miniflare.ready).port) : 0
}

/** Tells two plans apart: the code, the bindings, and what is in the folders of static assets. */
export async function fingerprint(plan: RuntimePlan): Promise<string> {
  const hash = createHash('sha256')
  // Wrangler bundles into a new temporary folder each time, and the bundle says which.
  hash.update(JSON.stringify(plan, withoutBytes).replace(/\.wrangler\/tmp\/(dev|bundle)-\w+/g, ''))
  for (const folder of assetFolders(plan)) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries.filter((candidate) => candidate.isFile())) {
      const file = path.join(entry.parentPath, entry.name)
      const { size, mtimeMs } = await stat(file)
      hash.update(`${file}\0${size}\0${mtimeMs}\0`)
    }
  }
  return hash.digest('hex')
}

/** Bytes (a WebAssembly module) as their hash: as JSON they would be a list of numbers. */
function withoutBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key]
  return raw instanceof Uint8Array ? createHash('sha256').update(raw).digest('hex') : value
}

/** The folders of the Workers' static assets. */
export function assetFolders(plan: RuntimePlan): readonly string[] {
  return plan.workers.flatMap(({ assets }) => (assets?.directory ? [assets.directory] : []))
}
