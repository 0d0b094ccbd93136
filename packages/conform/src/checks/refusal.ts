import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fail, type Outcome, pass } from '../clause.ts'
import { listeningPorts } from '../proc.ts'
import { type Exit, lastLines, sayExit } from '../running.ts'
import type { StartOptions, Subject } from '../subject.ts'
import { until, wait } from '../wait.ts'

/** A start that ought to fail gets this long: gunicorn retries a busy port for five seconds. */
const refusalMs = 15_000

/** What came of a start that the command ought to refuse. */
export interface Refusal {
  readonly exit: Exit | undefined
  readonly stderr: string
  /** The ports that it listened on all the same. */
  readonly ports: readonly number[]
  /** Files that appeared in the folder it was started in. */
  readonly files: readonly string[]
  readonly isRefused: boolean
  /** The above in a few words. */
  readonly got: string
}

/** Starts the command with what it ought to refuse, and waits for it to end. */
export async function refusal(subject: Subject, options: StartOptions): Promise<Refusal> {
  const { cwd } = subject.target
  const before = new Set(readdirSync(cwd))
  const running = await subject.start({ ...options, isEarly: true })
  let ports: number[] = []
  await until(
    async () => {
      if (running.exited !== undefined) return true
      ports = listeningPorts(running.family).map(({ port }) => port)
      const made = readdirSync(cwd).some((name) => !before.has(name) && isSocket(join(cwd, name)))
      if (ports.length === 0 && !made) return undefined
      // It serves. A server that notices a moment later that it must not still counts as refusing.
      await wait(1_000)
      return true
    },
    refusalMs,
    50,
  )
  const exit = running.exited
  const files = readdirSync(cwd).filter((name) => !before.has(name))
  await running.kill()
  for (const name of files) if (isSocket(join(cwd, name))) rmSync(join(cwd, name), { force: true })
  const isRefused = exit !== undefined && exit.code !== null && exit.code !== 0
  const serving = ports.length > 0 ? `, listening on port ${ports.join(', ')}` : ''
  const made = files.length > 0 ? `, and it made ${files.join(', ')}` : ''
  const says = exit === undefined ? '' : `; stderr: ${lastLines(running.stderr, 1) || 'empty'}`
  return {
    exit,
    stderr: running.stderr,
    ports,
    files,
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

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false
}
