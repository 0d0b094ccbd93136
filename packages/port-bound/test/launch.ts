import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fetchBun, fetchDeno } from '../../../scripts/tools.ts'
import { bareEnvironment, endWithTheTest, type Environment } from '../../node/test/process.ts'
import type { SuiteApp } from './suite-apps.ts'

/** The runtimes of the adapters, each from its npm package. */
export type RuntimeName = 'bun' | 'deno'

/** The command that runs a fixture of an adapter's package. */
export function commandOf(runtime: RuntimeName, fixture: string): [string, ...string[]] {
  const file = fileURLToPath(new URL(`../../${runtime}/test/fixtures/${fixture}`, import.meta.url))
  return runtime === 'bun' ? [fetchBun(), file] : [fetchDeno(), 'run', '-A', file]
}

/** A fixture that runs. */
export interface Running {
  readonly port: number
  readonly url: string
  readonly kill: (signal: NodeJS.Signals) => void
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the first line of this message. */
  readonly event: (message: string) => Promise<Record<string, any>>
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
}

/** Starts a fixture; `listens` waits until it does. */
export async function start(
  runtime: RuntimeName,
  fixture: string,
  env: Environment = {},
  listens = true,
): Promise<Running> {
  const [command, ...args] = commandOf(runtime, fixture)
  const child = spawn(command, args, {
    env: { ...bareEnvironment, HOME: process.env['HOME'], PORT: '0', STORE_URL: 'memory:', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithTheTest(child)
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (text.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (text.stderr += chunk))
  let isOver = false
  const exited = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => {
      isOver = true
      resolve(code ?? signal ?? 'gone')
    }),
  )
  async function event(message: string): Promise<Record<string, any>> {
    for (;;) {
      const lines = text.stdout
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
      const found = lines
        .map((line) => JSON.parse(line) as Record<string, any>)
        .find((candidate) => candidate['message'] === message)
      if (found) return found
      if (isOver) throw new Error(`exited without ${message}:\n${text.stdout}\n${text.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const port = listens ? ((await event('listening'))['port'] as number) : 0
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    kill: (signal) => void child.kill(signal),
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    event,
    exited,
  }
}

/** Starts the app of a shared suite. */
export function startApp(
  runtime: RuntimeName,
  app: SuiteApp,
  env: Environment = {},
  listens = true,
): Promise<Running> {
  return start(runtime, 'suite.ts', { APP: app, ...env }, listens)
}
