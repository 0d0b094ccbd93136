import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { MooringError } from '@mooring/core'

/** What an app tells of itself without being started. */
export interface Description {
  readonly name: string
  /** The absolute path of its static files; `null` where it has none. */
  readonly static: string | null
}

const runFile = promisify(execFile)

/** Milliseconds for a program that only has to import its modules. */
const describeMs = 20_000

/**
 * Runs a main file in describe mode, in which `serve` says what the app is and ends.
 *
 * @param cwd the app's folder
 * @param more of the environment
 * @throws MOORING_E_BUILD
 */
export async function describe(
  main: string,
  cwd: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Description> {
  const env = { ...process.env, MOORING_DESCRIBE: '1', ...more }
  const args = ['--disable-warning=ExperimentalWarning', main]
  try {
    const { stdout } = await runFile(process.execPath, args, { cwd, env, timeout: describeMs })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Description
  } catch (error) {
    const { stderr = '', killed } = error as { stderr?: string; killed?: boolean }
    throw new MooringError('MOORING_E_BUILD', {
      message: `${path.relative(process.cwd(), main)} does not say what it serves.`,
      why: killed
        ? `It was still running after ${describeMs} ms.`
        : stderr.trim().replaceAll('\n', '\n  ') || 'It ended without a description.',
      fix: 'call serve(app) of @mooring/node in it, with the app as the argument.',
      cause: error,
    })
  }
}
