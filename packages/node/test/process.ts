import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** The Node that runs the programs under test; CI runs the tests once for each version. */
export const node: string = process.env['NODE_UNDER_TEST'] ?? process.execPath

export type Environment = Readonly<Record<string, string | undefined>>

/** All that a program under test has of this process's environment. */
export const bareEnvironment: Environment = {
  PATH: process.env['PATH'],
  NODE_NO_WARNINGS: '1',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
}

/** A program under test, with `bareEnvironment`. */
export interface Program {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** The JSON lines so far. */
  readonly events: () => readonly Record<string, any>[]
  /** Resolves with the first event of this message, also one that was written before. */
  readonly event: (message: string) => Promise<Record<string, any>>
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
}

const started = new Set<ChildProcess>()

/**
 * Starts `test/fixtures/<fixture>`.
 *
 * @param inherited a descriptor for the program to find as its descriptor 3; `LISTEN_PID` is set to
 *   the program's own process, as systemd does, unless `env` sets it
 * @param group whether it leads a process group of its own, as what a shell starts does
 * @param wrap a command that becomes the program it is given, such as `prlimit`
 */
export function launch(
  fixture: string,
  env: Environment = {},
  inherited?: number,
  group = false,
  wrap: readonly string[] = [],
): Program {
  const file = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url))
  const asItself = ['-c', 'LISTEN_PID=${LISTEN_PID:-$$} exec "$0" "$1"', node, file]
  const [command, args] = inherited === undefined ? [node, [file]] : ['sh', asItself]
  const [first, ...rest] = [...wrap, command, ...args]
  const child = spawn(first!, rest, {
    env: { ...bareEnvironment, ...env },
    stdio: ['ignore', 'pipe', 'pipe', inherited ?? 'ignore'],
    detached: group,
  })
  started.add(child)
  const text = { stdout: '', stderr: '' }
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => void (text.stdout += chunk))
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => void (text.stderr += chunk))
  const exited = once(child, 'close').then(([code, signal]) => {
    started.delete(child)
    return (code ?? signal) as number | string
  })
  const events = () =>
    text.stdout
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, any>)

  const event = async (message: string): Promise<Record<string, any>> => {
    let over = false
    void exited.then(() => (over = true))
    for (;;) {
      const found = events().find((candidate) => candidate['message'] === message)
      if (found) return found
      if (over) throw new Error(`exited without ${message}:\n${text.stdout}\n${text.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { child, exited, events, event, stdout: () => text.stdout, stderr: () => text.stderr }
}

/** A program that listens. */
export interface Server extends Program {
  readonly url: string
  readonly port: number
}

/** Starts a fixture on a free port and waits until it listens. */
export async function startServer(
  fixture: string,
  env: Environment = {},
  wrap: readonly string[] = [],
): Promise<Server> {
  const all = { PORT: '0', STORE_URL: 'memory:', ...env }
  const program = launch(fixture, all, undefined, false, wrap)
  const { port } = await program.event('listening')
  return { ...program, port: port as number, url: `http://127.0.0.1:${port}` }
}

/** Ends with the programs that `launch` started. */
export function endWithTheTest(child: ChildProcess): void {
  started.add(child)
  child.once('close', () => started.delete(child))
}

/** For `afterEach`: ends what a failed test left running. */
export async function killAll(): Promise<void> {
  await Promise.all(
    [...started].map(async (child) => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    }),
  )
}

/** A raw connection to a port or a Unix socket, with all that came back so far. */
export interface RawConnection {
  readonly socket: Socket
  readonly received: () => string
  /** Resolves with everything once the other side has closed or reset. */
  readonly closed: Promise<string>
}

/** @param localAddress of this end, where it matters */
export async function rawConnect(
  target: number | string,
  head = '',
  localAddress = '127.0.0.1',
): Promise<RawConnection> {
  const socket =
    typeof target === 'number'
      ? connect({ port: target, host: '127.0.0.1', localAddress })
      : connect(target)
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (received += chunk))
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (head) socket.write(head)
  return { socket, closed, received: () => received }
}
