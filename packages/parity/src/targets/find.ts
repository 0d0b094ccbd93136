import { existsSync } from 'node:fs'
import path from 'node:path'
import { UsageError } from '../arguments.ts'
import type { Backing } from './backing.ts'
import { processTarget } from './process.ts'
import type { Target } from './target.ts'
import { workerdTarget } from './workerd.ts'

/** Where an app is, under each contract. */
export interface AppFolders {
  /** Folders each with `src/main.ts`, a Wrangler configuration, or both. */
  readonly folders: readonly string[]
  /** Variables of the port-bound app. */
  readonly env: Readonly<Record<string, string>>
  readonly backings?: readonly Backing[]
}

const configFiles: readonly string[] = ['wrangler.jsonc', 'wrangler.json', 'wrangler.toml']

/** A handler that hangs is given up soon: what is asked for here answers at once. */
const responseTimeout = { RESPONSE_TIMEOUT: '2s' }

/**
 * The targets that an app has: `node` where there is a `src/main.ts`, `workerd` where there is a
 * Wrangler configuration.
 *
 * @throws UsageError where there is neither
 */
export function findTargets(app: AppFolders): readonly Target[] {
  const found = [nodeTarget(app, process.execPath, 'node'), edgeTarget(app)].filter(
    (target) => target !== undefined,
  )
  if (found.length > 0) return found
  throw new UsageError(
    `${app.folders.join(', ')} holds no app: expected src/main.ts, or one of ${configFiles.join(', ')}`,
  )
}

/** The app's `src/main.ts`, run by a Node binary. */
export function nodeTarget(
  { folders, env, backings = [] }: AppFolders,
  node: string,
  name: string,
): Target | undefined {
  const folder = folders.find((each) => existsSync(path.join(each, 'src/main.ts')))
  if (folder === undefined) return undefined
  const args = ['--disable-warning=ExperimentalWarning', 'src/main.ts']
  return processTarget({
    name,
    command: node,
    args,
    cwd: folder,
    env: { ...responseTimeout, ...urlsOf(backings), ...env },
  })
}

/** The variables that attach backing services to a port-bound app. */
export function urlsOf(backings: readonly Backing[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    backings.map(({ variable, address }) => [variable, `http://${address}`]),
  )
}

function edgeTarget({ folders, backings = [] }: AppFolders): Target | undefined {
  const configs = folders.flatMap((folder) => configFiles.map((file) => path.join(folder, file)))
  const configPath = configs.find((file) => existsSync(file))
  return configPath === undefined
    ? undefined
    : workerdTarget({ name: 'workerd', configPath, services: servicesOf(backings) })
}

function servicesOf(backings: readonly Backing[]): Readonly<Record<string, string>> {
  return Object.fromEntries(backings.map(({ binding, address }) => [binding, address]))
}
