import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { createTail, type Exit, exitOf, killGroup, readLines, stopChild } from './child.ts'
import type { ResourceLine } from './events.ts'
import { type LogEvent, parseLogLine } from './log-line.ts'
import { siblingModule } from './sibling-module.ts'
import type { NodeTarget } from './targets.ts'

/** What a port-bound app says when it listens. */
export interface Listening {
  readonly port: number
  readonly resources: readonly ResourceLine[]
  /** The folder of static files, where it has one. */
  readonly static: string | undefined
}

/** One run of a port-bound app. */
export interface NodeProcess {
  /** Resolves when it listens; `undefined` when it ended before. */
  readonly listening: Promise<Listening | undefined>
  readonly exited: Promise<Exit>
  /** The end of what it wrote to stderr. */
  readonly output: () => string
  /** Lets it drain. */
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

/** Milliseconds that a drain may take in development. */
const drainMs = 5_000

/**
 * Starts an app the way production does, with a port of its own choice: plain `node src/main.ts`,
 * configured by its environment.
 */
export function startNodeProcess(
  { folder, entry }: NodeTarget,
  env: NodeJS.ProcessEnv,
  onLog: (event: LogEvent) => void,
): NodeProcess {
  const { promise: listening, resolve } = Promise.withResolvers<Listening | undefined>()
  const tail = createTail()
  const envFile = path.join(folder, '.env')
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...(existsSync(envFile) ? [`--env-file=${envFile}`] : []),
      `--import=${siblingModule('parent-guard', import.meta.url)}`,
      path.relative(folder, entry),
    ],
    {
      cwd: folder,
      env: { ...env, NODE_ENV: 'development', PORT: '0', HOST: '127.0.0.1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C is for the command alone, which then lets each side drain.
      detached: true,
    },
  )
  let hasStarted = false
  let isStopping = false

  readLines(child.stdout, (line) => {
    const event = parseLogLine(line)
    if (!hasStarted && event?.message === 'listening' && typeof event['port'] === 'number') {
      hasStarted = true
      const { port, resources = [], static: folder_ } = event as unknown as Listening
      resolve({ port, resources, static: folder_ })
      return
    }
    // Every version that makes room for the next tells how it drains. That is no news.
    const isNews = !isStopping || event?.level !== 'info'
    if (isNews) onLog(event ?? { level: 'info', message: line })
  })
  readLines(child.stderr, (line) => {
    tail.push(line)
    // Before it listens this explains why it does not, and is told as one piece then.
    if (hasStarted) onLog({ level: 'error', message: line })
  })
  const exited = exitOf(child)
  void exited.then(() => resolve(undefined))

  return {
    listening,
    exited,
    output: tail.text,
    stop() {
      isStopping = true
      return stopChild(child, exited, drainMs)
    },
    kill: () => killGroup(child),
  }
}
