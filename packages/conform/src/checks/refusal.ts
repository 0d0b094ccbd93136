import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fail, type Outcome, pass } from '../outcome.ts'
import { listeningPorts } from '../proc.ts'
import { type Exit, sayExit } from '../running.ts'
import type { StartOptions, Subject } from '../subject.ts'
import { lastLine } from '../text.ts'
import { until, wait } from '../wait.ts'

/** A start that ought to fail gets this long: gunicorn retries a busy port for five seconds. */
const refusalMs = 15_000

/** What came of a start that the command ought to refuse. */
export interface Refusal {
  readonly exit: Exit | undefined
  readonly stderr: string
  /** The ports that it listened on all the same. */
  readonly ports: readonly number[]
  /** Whether it made a file of the port's name, such as a Unix socket. */
  readonly hasMadeFile: boolean
  readonly isRefused: boolean
  /** The above in a few words. */
  readonly got: string
}

/** Starts the command with what it ought to refuse, and waits for it to end. */
export async function refusal(subject: Subject, options: StartOptions): Promise<Refusal> {
  // A server that takes the port for a path makes a socket of that name where it is started.
  const file = options.port ? join(subject.target.cwd, options.port) : undefined
  const isNew = file !== undefined && !existsSync(file)
  const hasFile = () => isNew && existsSync(file)
  const running = await subject.start({ ...options, isEarly: true })
  let ports: number[] = []
  await until(
    async () => {
      if (running.exited !== undefined) return true
      ports = listeningPorts(running.family).map(({ port }) => port)
      if (ports.length === 0 && !hasFile()) return undefined
      // It serves. A server that notices a moment later that it must not still counts as refusing.
      await wait(1_000)
      return true
    },
    refusalMs,
    50,
  )
  const exit = running.exited
  const hasMadeFile = hasFile()
  await running.kill()
  if (hasMadeFile && file !== undefined) rmSync(file, { force: true })
  const isRefused = exit !== undefined && exit.code !== null && exit.code !== 0
  const serving = ports.length > 0 ? `, listening on port ${ports.join(', ')}` : ''
  const made = hasMadeFile ? ', and it made a file of that name' : ''
  const says = exit === undefined ? '' : `; stderr: ${lastLine(running.stderr) || 'empty'}`
  return {
    exit,
    stderr: running.stderr,
    ports,
    hasMadeFile,
    isRefused,
    got: `${sayExit(exit)}${exit === undefined ? serving : ''}${made}${says}`,
  }
}

/** Every value has to be refused as the port. */
export async function refusesAll(subject: Subject, values: readonly string[]): Promise<Outcome> {
  const failures: string[] = []
  for (const value of values) {
    const seen = await refusal(subject, { port: value })
    if (!seen.isRefused) failures.push(`${subject.target.portVariable}='${value}': ${seen.got}`)
  }
  if (failures.length === 0) return pass
  const sent = values.map((value) => `${subject.target.portVariable}='${value}'`).join(', ')
  return fail(sent, 'each ends with a status other than 0 and serves nothing', failures.join('\n'))
}
