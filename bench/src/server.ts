import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** One server under measurement, by itself on its core. */
export interface Server {
  readonly name: string
  readonly pid: number
  readonly port: number
  readonly url: string
  readonly child: ChildProcess
  readonly stop: () => Promise<void>
}

/** The core for the server; the load has the next. */
export const serverCore = 0
export const loadCore = 1

const startMs = 20_000

export interface Command {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What it listens on where it does not read PORT. */
  readonly port?: number
  /** Cores that it may run on. @default the server's */
  readonly cores?: string
  readonly cwd?: string
}

/** Starts a program on the server's core. It may not listen yet. */
export async function launch(command: Command): Promise<Server> {
  const port = command.port ?? (await freePort())
  const { name, file, args, cores = String(serverCore), cwd } = command
  const child = spawn('taskset', ['-c', cores, file, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      PORT: String(port),
      ...command.env,
    },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  return { name, pid: child.pid!, port, url, child, stop: () => end(child) }
}

/** Starts a server and waits until it answers at `path`. */
export async function start(command: Command, path: string = '/text'): Promise<Server> {
  const server = await launch(command)
  const giveUpAtMs = performance.now() + startMs
  try {
    for (;;) {
      const answered = await fetch(server.url + path).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      )
      if (answered) return server
      if (server.child.exitCode !== null || performance.now() > giveUpAtMs) {
        throw new Error(`${server.name} does not answer at ${server.url}`)
      }
      await delay(20)
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Runs something with servers, and ends them. */
export async function withServers<T>(
  commands: readonly Command[],
  run: (servers: readonly Server[]) => Promise<T>,
): Promise<T> {
  const servers: Server[] = []
  try {
    for (const command of commands) servers.push(await start(command))
    return await run(servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** At once: nothing of it is measured any more. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
