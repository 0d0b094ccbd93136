import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { UsageError } from '../arguments.ts'
import type { Backing } from './backing.ts'
import { processTarget } from './process.ts'
import { fetchRuntime, type ProcessRuntime } from './runtimes.ts'
import type { Target } from './target.ts'
import { workerdTarget } from './workerd.ts'

/** Where an app is, under each contract. */
export interface AppFolders {
  /** Folders each with an entry of a runtime, a Wrangler configuration, or several of these. */
  readonly folders: readonly string[]
  /** Variables of the port-bound app. */
  readonly env: Readonly<Record<string, string>>
  readonly backings?: readonly Backing[]
  /**
   * `node`, `bun`, `deno`, each also with a version that is fetched from npm (`node@22`), and
   * `workerd`. In a tie the first is the reference. @default what there is of `node` and `workerd`
   */
  readonly targets?: readonly string[]
}

const configFiles: readonly string[] = ['wrangler.jsonc', 'wrangler.json', 'wrangler.toml']

/** What binds the app on each runtime. */
const entries: Readonly<Record<ProcessRuntime, string>> = {
  node: 'src/main.ts',
  bun: 'src/main.bun.ts',
  deno: 'src/main.deno.ts',
}

const flags: Readonly<Record<ProcessRuntime, readonly string[]>> = {
  node: ['--disable-warning=ExperimentalWarning'],
  bun: [],
  deno: ['run', '--allow-all'],
}

/** A handler that hangs is given up soon: what is asked for here answers at once. */
const responseTimeout = { RESPONSE_TIMEOUT: '2s' }

/** Where runtimes are kept that were fetched. */
const cache = () => path.resolve('node_modules/.cache/mooring-tools')

/**
 * The targets that are asked for, or that an app has.
 *
 * @throws UsageError where one is none, or the app has no entry for it
 */
export function findTargets(app: AppFolders): readonly Target[] {
  const { targets: names = [], folders } = app
  const missing = folders.find((folder) => !existsSync(folder))
  if (missing !== undefined) throw new UsageError(`There is no folder ${missing}`)
  if (names.length > 0) return [...new Set(names)].map((name) => targetOf(app, name))
  const found: Target[] = []
  if (entryOf(folders, 'node') !== undefined) found.push(targetOf(app, 'node'))
  if (configOf(folders) !== undefined) found.push(targetOf(app, 'workerd'))
  if (found.length > 0) return found
  throw new UsageError(
    `${folders.join(', ')} holds no app: expected src/main.ts, or one of ${configFiles.join(', ')}`,
  )
}

function targetOf(app: AppFolders, name: string): Target {
  const [, runtime, version] = /^(node|bun|deno|workerd)(?:@(\d[\w.-]*))?$/.exec(name) ?? []
  if (runtime === undefined || (runtime === 'workerd' && version !== undefined)) {
    throw new UsageError(
      `--targets has ${JSON.stringify(name)}, expected node, bun or deno, each also with a version such as node@22, or workerd`,
    )
  }
  return runtime === 'workerd' ? edgeTarget(app) : boundTarget(app, name, version)
}

function boundTarget({ folders, env, backings = [] }: AppFolders, name: string, version?: string) {
  const runtime = name.split('@', 1)[0] as ProcessRuntime
  const cwd = entryOf(folders, runtime)
  if (cwd === undefined) {
    throw new UsageError(
      `--targets has ${name}, and none of ${folders.join(', ')} has ${entries[runtime]}, which binds the app with @mooring/${runtime}`,
    )
  }
  const command = version === undefined ? ownBinary(runtime) : fetched(name, runtime, version)
  return processTarget({
    name,
    command,
    args: [...flags[runtime], entries[runtime]],
    cwd,
    env: { ...responseTimeout, ...urlsOf(backings), ...ownEnv(env, name) },
  })
}

/** `{target}` in a value gives each target one of its own, such as a file. */
function ownEnv(env: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const own = Object.entries(env).map(([key, value]) => [key, value.replaceAll('{target}', name)])
  return Object.fromEntries(own) as Record<string, string>
}

function fetched(name: string, runtime: ProcessRuntime, version: string): string {
  try {
    return fetchRuntime(runtime, version, cache())
  } catch (error) {
    throw new UsageError(`--targets has ${name}, which npm cannot fetch`, { cause: error })
  }
}

/** The Node that runs this, and what of the others is on the PATH. */
function ownBinary(runtime: ProcessRuntime): string {
  if (runtime === 'node') return process.execPath
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  const found = folders.map((folder) => path.join(folder, runtime)).find(isExecutable)
  if (found !== undefined) return found
  const example = runtime === 'bun' ? 'bun@1' : 'deno@2'
  throw new UsageError(
    `--targets has ${runtime}, and there is none on the PATH; ${example} is fetched from npm`,
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The variables that attach backing services to a port-bound app, and that any app may `fetch`. */
export function urlsOf(backings: readonly Backing[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    backings.map(({ variable, address }) => [variable, `http://${address}`]),
  )
}

function edgeTarget({ folders, backings = [] }: AppFolders): Target {
  const configPath = configOf(folders)
  if (configPath === undefined) {
    throw new UsageError(
      `--targets has workerd, and none of ${folders.join(', ')} has one of ${configFiles.join(', ')}`,
    )
  }
  const services = servicesOf(backings)
  return workerdTarget({ name: 'workerd', configPath, services, vars: urlsOf(backings) })
}

function servicesOf(backings: readonly Backing[]): Readonly<Record<string, string>> {
  return Object.fromEntries(backings.map(({ binding, address }) => [binding, address]))
}

/** The first folder with an entry for a runtime. */
function entryOf(folders: readonly string[], runtime: ProcessRuntime): string | undefined {
  return folders.find((folder) => existsSync(path.join(folder, entries[runtime])))
}

function configOf(folders: readonly string[]): string | undefined {
  const all = folders.flatMap((folder) => configFiles.map((file) => path.join(folder, file)))
  return all.find((file) => existsSync(file))
}
