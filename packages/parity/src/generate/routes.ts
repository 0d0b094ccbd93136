import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { UsageError } from '../arguments.ts'
import { notStarted } from '../targets/target.ts'
import { without } from './except.ts'
import type { Route } from './route.ts'

/** Whose routes, and which of them. */
export interface RouteOptions {
  readonly folders: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Patterns of those that answer otherwise each time, or slowly. */
  readonly except: readonly string[]
}

const runFile = promisify(execFile)

/** Until the app has told its routes, in milliseconds. */
const describeMs = 20_000

const entry = 'src/main.ts'

/**
 * The routes that generated requests are for.
 *
 * @throws {UsageError} where no folder has a port-bound entry, or `except` is wrong
 */
export async function routesToAsk({
  folders,
  env,
  except,
}: RouteOptions): Promise<readonly Route[]> {
  const folder = folders.find((each) => existsSync(path.join(each, entry)))
  if (folder !== undefined) return without(await routesOf(folder, env), except)
  throw new UsageError(
    `--generate asks the app for its routes at its port-bound entry, and there is no ${entry} in ${folders.join(', ')}`,
  )
}

/**
 * Asks a port-bound app for its routes: with `MOORING_DESCRIBE=routes` it boots, tells them, and
 * ends before it binds.
 *
 * @returns `/` alone where its handler is no Hono app
 * @throws MOORING_E_TARGET where it does not boot
 */
async function routesOf(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Route[]> {
  const args = ['--disable-warning=ExperimentalWarning', path.join(folder, entry)]
  const told = runFile(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env, MOORING_DESCRIBE: 'routes' },
    timeout: describeMs,
  })
  const { stdout } = await told.catch(({ code, stderr }: { code?: unknown; stderr?: string }) => {
    const how =
      typeof code !== 'number' ? `tells no routes after ${describeMs} ms` : `exited with ${code}`
    throw notStarted('node', how, stderr ?? '')
  })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const { routes } = JSON.parse(line) as { routes: readonly Route[] }
  // A middleware and its handler have the same.
  const distinct = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]))
  return distinct.size > 0 ? [...distinct.values()] : [{ method: 'GET', path: '/' }]
}
