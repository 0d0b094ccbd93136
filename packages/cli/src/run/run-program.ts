import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { MooringError } from '@mooring/core'
import { configFiles } from '../dev/targets.ts'

/** What a scheduler or a terminal sends; the terminal sends it to the process of the app, too. */
const passedOn = ['SIGTERM', 'SIGHUP'] as const

/**
 * Starts the app of a folder so that it does one thing and ends: its bundle where it was built, else
 * its source.
 *
 * @param env says what: `MOORING_RUN`, `MOORING_DEAD_LETTERS`
 * @returns the status of that process: 0, 1 where it failed, 78 for a mistake
 * @throws MOORING_E_CLI
 */
export async function runProgram(
  given: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const folder = path.resolve(given)
  const main = ['dist/main.js', 'src/main.ts'].find((file) => existsSync(path.join(folder, file)))
  if (main === undefined) throw noProgram(given, folder)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  for (const signal of passedOn) process.on(signal, () => child.kill(signal))
  // It has it from the terminal; this process is to be there for its status.
  process.on('SIGINT', () => {})
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + constants.signals[signal!]
}

function noProgram(given: string, folder: string): MooringError {
  const name = JSON.stringify(given)
  if (configFiles.some((file) => existsSync(path.join(folder, file)))) {
    return new MooringError('MOORING_E_CLI', {
      message: `The folder ${name} has a Worker, and no src/main.ts.`,
      why: 'Only a port-bound app is a program: a Worker runs by its cron triggers and its queues.',
      fix: 'name the folder of the port-bound app. A trigger is fired by hand with wrangler dev --test-scheduled.',
    })
  }
  return new MooringError('MOORING_E_CLI', {
    message: `The folder ${name} has no src/main.ts.`,
    why: 'That file is what is run: the one that calls serve(app).',
    fix: 'name the folder of a port-bound app after the name, such as apps/my-node.',
  })
}
