import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { type Answer, isGood, say } from './answer.ts'
import { ask, Connection, type RequestParts } from './connection.ts'
import { familyOf, firstChild, isAlive } from './proc.ts'
import { reap, remember, survivorsOf } from './reap.ts'
import type { Target } from './target.ts'
import { excerpt } from './text.ts'
import { until, wait, within } from './wait.ts'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export function sayExit(exit: Exit | undefined): string {
  if (exit === undefined) return 'it is still running'
  return exit.signal === null ? `exit status ${exit.code}` : `ended by ${exit.signal}`
}

/** How long after its end a process's last words may take to arrive. */
const lastWordsMs = 500

/** How the command is started. */
export interface Launch {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  /** Whether `argv` only wraps the command, so that signals go to its first child. */
  readonly isWrapped: boolean
  readonly uid: number | undefined
}

/** One started command, in a process group of its own. */
export class Running {
  readonly port: number
  readonly exit: Promise<Exit>
  /** The exit once it is known. */
  exited: Exit | undefined
  stdout = ''
  stderr = ''
  private readonly target: Target
  private readonly child: ChildProcess
  private readonly isWrapped: boolean
  private readonly connections: Connection[] = []

  constructor(target: Target, launch: Launch) {
    this.target = target
    this.port = launch.port
    this.isWrapped = launch.isWrapped
    const marker = `CONFORM_RUN=${randomUUID()}`
    const [variable = '', value = ''] = marker.split('=')
    const [file = '', ...args] = launch.argv
    this.child = spawn(file, args, {
      cwd: launch.cwd,
      env: { ...launch.env, [variable]: value },
      // A group of its own, so that one signal reaches everything that it starts.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.uid }),
    })
    if (this.child.pid !== undefined) remember(this.child.pid, marker)
    const keep = (name: 'stdout' | 'stderr') => {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => (this[name] += text))
      this.child[name]?.on('error', () => {})
    }
    keep('stdout')
    keep('stderr')
    this.exit = new Promise((resolve) => {
      const settle = (exit: Exit) => {
        this.exited = exit
        resolve(exit)
      }
      this.child.once('error', (error) => {
        this.stderr += `${error.message}\n`
        settle({ code: 127, signal: null })
      })
      this.child.once('exit', (code, signal) => {
        // What it said last may still be in the pipe; a child that holds the pipe is not waited for.
        const timer = setTimeout(() => settle({ code, signal }), lastWordsMs)
        this.child.once('close', () => {
          clearTimeout(timer)
          settle({ code, signal })
        })
      })
    })
  }

  /** The process that runs the command itself. */
  get pid(): number {
    const { pid } = this.child
    if (pid === undefined) return -1
    return this.isWrapped ? (firstChild(pid) ?? pid) : pid
  }

  /** Waits until what wraps the command has started it. */
  async isThere(): Promise<void> {
    const { pid } = this.child
    if (!this.isWrapped || pid === undefined) return
    await until(() => (this.exited ? true : firstChild(pid)), 5_000, 5)
  }

  /** The process and everything below it. */
  get family(): number[] {
    return familyOf(this.pid)
  }

  /** Sends a signal to the command itself, as a platform does; not to its group. */
  signal(name: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.child
    // A number that nobody has is another one's by now, and -1 is everybody's.
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(this.pid, name)
    } catch {
      // It has ended by itself; the check sees that in its exit.
    }
  }

  /** The exit, or `undefined` when it takes longer. */
  exitWithin(ms: number): Promise<Exit | undefined> {
    return within(this.exit, ms)
  }

  /** What the command left running after its own end. */
  survivors(family: readonly number[]): number[] {
    return this.child.pid === undefined ? [] : survivorsOf(this.child.pid, family)
  }

  /** One request on a connection of its own. */
  ask(
    path: string = this.target.path,
    parts: RequestParts & { readonly ms?: number; readonly host?: string } = {},
  ): Promise<Answer> {
    return ask(this.port, path, parts)
  }

  /** A connection; a check that cannot have one sees it in the answers. */
  async connect(): Promise<Connection> {
    const connection = await Connection.open(this.port)
    if (connection !== undefined) {
      this.connections.push(connection)
      return connection
    }
    throw new Error('connection refused')
  }

  /** Does what the profile calls working: answers below 500, accepts, or lives. */
  async works(ms = 10_000): Promise<boolean> {
    if (this.exited !== undefined) return false
    if (this.target.profile === 'worker') return isAlive(this.pid)
    if (this.target.profile === 'web') return isGood(await this.ask(this.target.path, { ms }))
    const connection = await Connection.open(this.port)
    if (connection === undefined) return false
    // A listener that takes a connection only to drop it does not work.
    await connection.closes(100)
    const isKept = connection.state === 'open' || connection.pending.length > 0
    connection.close()
    return isKept
  }

  /** Whether it comes to work within the time. */
  async worksWithin(ms: number): Promise<boolean> {
    if (this.target.profile === 'worker') {
      await wait(Math.min(ms, 1_000))
      return this.works()
    }
    const works = await until(
      async () => {
        if (this.exited !== undefined) return false
        return (await this.works(ms)) ? true : undefined
      },
      ms,
      40,
    )
    return works ?? false
  }

  /** How it stands, in a few words. */
  async stand(): Promise<string> {
    const isAsked = this.exited === undefined && this.target.profile === 'web'
    return isAsked ? say(await this.ask()) : sayExit(this.exited)
  }

  /** How it stands, and what it said where it ended, for a failure. */
  async describe(): Promise<string> {
    if (this.exited === undefined) return this.stand()
    const said = excerpt(this.stderr || this.stdout).map((line) => line.trim())
    return [sayExit(this.exited), said.join(' | ')].filter(Boolean).join('; ')
  }

  /** Nobody reads its stdout any more. */
  closeStdout(): void {
    this.child.stdout?.destroy()
  }

  /** Ends it, and whatever it started, at once. */
  async kill(): Promise<void> {
    for (const connection of this.connections.splice(0)) connection.close()
    if (this.child.pid !== undefined) reap(this.child.pid)
    await within(this.exit, 5_000)
  }
}
