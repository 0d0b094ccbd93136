import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

/** A route of an app, as Hono has it: `GET`, `/links/:slug`. */
export interface Route {
  readonly method: string
  readonly path: string
}

const runFile = promisify(execFile)

/** Until the app has told its routes, in milliseconds. */
const describeMs = 20_000

/**
 * Asks a port-bound app for its routes: with `MOORING_DESCRIBE=routes` it boots, tells them, and
 * ends before it binds.
 *
 * @returns `/` alone where its handler is no Hono app
 */
export async function routesOf(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Route[]> {
  const args = ['--disable-warning=ExperimentalWarning', path.join(folder, 'src/main.ts')]
  const { stdout } = await runFile(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env, MOORING_DESCRIBE: 'routes' },
    timeout: describeMs,
  })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const { routes } = JSON.parse(line) as { routes: readonly Route[] }
  return routes.length > 0 ? routes : [{ method: 'GET', path: '/' }]
}
