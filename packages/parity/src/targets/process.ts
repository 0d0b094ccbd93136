import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { LogLine } from './log-line.ts'
import { notStarted, type Running, type Target } from './target.ts'

/** A port-bound app as a command of any runtime. */
export interface ProcessTarget {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Beside `PORT`, which is 0, and `HOST`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Until it says that it listens; on a busy machine that takes long. */
const bootMs = 90_000
/** From SIGTERM to SIGKILL. */
const graceMs = 15_000

/**
 * A target that binds its port: it is told `PORT=0` and says which it took with the `listening` line
 * of Mooring's contract.
 */
export function processTarget(options: ProcessTarget): Target {
  return { name: options.name, contract: 'port-bound', start: (signal) => start(options, signal) }
}

async function start(options: ProcessTarget, signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted()
  const lines: LogLine[] = []
  const child = run(options)
  const programs = new Set<Program>()
  let ended: string | undefined
  let stopping = false
  const closed = new Promise<void>((resolve) => {
    child.once('close', (code, by) => {
      if (!stopping) ended = `exited with ${String(code ?? by)}`
      resolve()
    })
  })
  async function stop(): Promise<void> {
    stopping = true
    for (const program of programs) program.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await closed
    clearTimeout(timer)
  }
  const boot = AbortSignal.any([signal, AbortSignal.timeout(bootMs)])
  const port = await new Promise<number | undefined>((resolve, reject) => {
    const giveUp = () => void stop().then(() => resolve(undefined))
    child.once('error', ({ message }) => reject(failed(options, `cannot be started: ${message}`)))
    boot.addEventListener('abort', giveUp)
    void closed.then(() => resolve(undefined))
    onLines(child, (line) => {
      lines.push(line)
      const bound = portIn(line.text)
      if (bound === undefined) return
      boot.removeEventListener('abort', giveUp)
      resolve(bound)
    })
  })
  if (port === undefined) {
    signal.throwIfAborted()
    throw failed(options, ended ?? `does not listen after ${bootMs} ms`, lines)
  }
  return {
    address: { host: '127.0.0.1', port },
    logs: () => lines,
    async runSchedule({ name: schedule }) {
      const program = run(options, { MOORING_RUN: schedule })
      programs.add(program)
      onLines(program, (line) => void lines.push(line))
      const [code, by] = (await once(program, 'close')) as [number | null, string | null]
      programs.delete(program)
      return { 0: 'ran', 1: 'failed' }[Number(code)] ?? `exited with ${String(code ?? by)}`
    },
    ended: () => ended,
    stop,
  }
}

function failed({ name, args, cwd }: ProcessTarget, how: string, said: readonly LogLine[] = []) {
  const isConfig = how === 'exited with 78' || said.some(({ text }) => text.includes('_E_CONFIG'))
  const fix = isConfig
    ? 'give it the variables that it lacks with --env NAME=value'
    : 'mend what it says; a variable that it lacks is given with --env NAME=value'
  return notStarted(
    name,
    how,
    [`${cwd}: ${args.at(-1)}`, ...said.map(({ text }) => text)].join('\n'),
    `${fix}.`,
  )
}

function portIn(line: string): number | undefined {
  if (!line.includes('"listening"')) return undefined
  try {
    const { message, port } = JSON.parse(line) as { message?: unknown; port?: unknown }
    return message === 'listening' && typeof port === 'number' ? port : undefined
  } catch {
    return undefined
  }
}

function run({ command, args, cwd, env }: ProcessTarget, more: NodeJS.ProcessEnv = {}): Program {
  return spawn(command, args, {
    cwd,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

type Program = ChildProcessByStdio<null, Readable, Readable>

function onLines({ stdout, stderr }: Program, read: (line: LogLine) => void): void {
  onLinesOf(stdout, (text) => read({ text, to: 'out' }))
  onLinesOf(stderr, (text) => read({ text, to: 'err' }))
}

function onLinesOf(stream: Readable, read: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) read(line)
  })
}
