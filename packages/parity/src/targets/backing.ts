import { existsSync } from 'node:fs'
import path from 'node:path'
import { environmentNames } from '@mooring/core/adapter'
import { UsageError } from '../arguments.ts'
import { processTarget } from './process.ts'
import { startAll, type Target } from './target.ts'

/** A backing service of the app, running as a process of its own. */
export interface Backing {
  /** The variable that attaches it port-bound, such as `PREVIEW_URL`. */
  readonly variable: string
  /** The service binding that attaches it injected, such as `PREVIEW`. */
  readonly binding: string
  /** Host and port. */
  readonly address: string
  readonly stop: () => Promise<void>
}

/**
 * Starts the backing services that `--with` names, each `name=folder` of a port-bound app.
 *
 * @throws UsageError
 */
export async function startBackings(
  values: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Backing[]> {
  const named = values.map((value) => {
    const [, name, given] = /^([a-z][A-Za-z0-9]*)=(.+)$/.exec(value) ?? []
    const folder = path.resolve(given ?? '')
    if (name === undefined || !existsSync(path.join(folder, 'src/main.ts'))) {
      throw new UsageError(
        `--with is ${JSON.stringify(value)}, expected name=folder with src/main.ts`,
      )
    }
    return { name, folder }
  })
  const started = await startAll(
    named.map(({ name, folder }) => backingTarget(name, folder)),
    signal,
  )
  return started.map(({ address, stop }, index) => {
    const { variable, binding } = environmentNames(named[index]!.name)
    return { variable, binding, address: `${address.host}:${address.port}`, stop }
  })
}

function backingTarget(name: string, folder: string): Target {
  const args = ['--disable-warning=ExperimentalWarning', 'src/main.ts']
  return processTarget({ name, command: process.execPath, args, cwd: folder })
}
