import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Decided, fail, notApplicable, type Outcome } from './outcome.ts'
import type { Connection } from './connection.ts'
import { freePort } from './free-port.ts'
import { Running } from './running.ts'
import type { RichPath, Target } from './target.ts'

/** What a check may change about a start. */
export interface StartOptions {
  /** The value of the port variable as it is; `undefined` gives a free port. */
  readonly port?: string
  /** Variables to set, and with `undefined` to leave out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Start in an empty folder instead of the command's own. */
  readonly inScratch?: string
  /** A command to put before, that becomes the command itself. It is run as who runs this. */
  readonly wrap?: readonly string[]
  /** Whether it is PID 1 of a namespace of its own. */
  readonly isPid1?: boolean
  readonly uid?: number
  /** Whether to return at once instead of when it works. */
  readonly isEarly?: boolean
}

/** Runs a command as PID 1 of a namespace of its own. Signals have to go to its child. */
export const asPid1: readonly [string, ...string[]] = [
  'unshare',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
]

/** The command as one check sees it: to be started again and again, and gone when the check ends. */
export class Subject {
  readonly target: Target
  private readonly started: Running[] = []
  private readonly connections: Connection[] = []
  private readonly folders: string[] = []

  constructor(target: Target) {
    this.target = target
  }

  /** Starts the command, and waits until it works. Ends the check when it does not. */
  async start(options: StartOptions = {}): Promise<Running> {
    const port = await freePort()
    const value = options.port ?? String(port)
    const home = this.folder()
    const { target } = this
    const environment: Record<string, string | undefined> = {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: this.folder(),
      ...(target.profile === 'worker' ? {} : { [target.portVariable]: value }),
      ...target.env,
      ...options.env,
    }
    const env = Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] != null),
    )
    const command = options.inScratch === undefined ? target.command : this.absoluteCommand()
    const isPid1 = options.isPid1 ?? target.isPid1
    const wrap = [...(isPid1 ? asPid1 : []), ...(options.wrap ?? [])]
    const { uid } = options
    // What wraps the command needs the rights of who runs this; the command must not have them.
    if (wrap.length > 0 && uid !== undefined) {
      wrap.push('setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--')
    }
    const running = new Running(target, {
      argv: [...wrap, ...command],
      cwd: options.inScratch ?? target.cwd,
      env,
      port: /^\d{1,5}$/.test(value) && Number(value) < 65_536 ? Number(value) : port,
      isWrapped: isPid1,
      uid: wrap.length > 0 ? undefined : uid,
    })
    this.started.push(running)
    await running.isThere()
    // The boot deadline is a clause of its own; the others only need it to come up at all.
    if (options.isEarly || (await running.worksWithin(target.bootMs * 2))) return running
    throw new Decided(
      fail(
        `started with ${target.portVariable}=${value}`,
        `${this.works} within ${(target.bootMs * 2) / 1000} s`,
        await running.describe(),
      ),
    )
  }

  /** What the profile calls working. */
  get works(): string {
    return {
      web: 'an answer below 500',
      tcp: 'an accepted connection',
      worker: 'a running process',
    }[this.target.profile]
  }

  /**
   * The path of a handler that the clause needs, with its placeholders filled in. Ends the check when
   * there is no such handler, or when its path lacks a placeholder that is `needed`.
   */
  path(
    name: RichPath,
    values: Readonly<Record<string, string | number>> = {},
    needed: readonly string[] = [],
  ): string {
    const path = this.target.paths[name]
    const absent = needed.find((key) => !path?.includes(`{${key}}`))
    if (path === undefined || absent !== undefined) {
      const wanted = absent === undefined ? '' : ` with {${absent}} in it`
      throw new Decided(notApplicable(`it needs a handler: give --${name}-path${wanted}`))
    }
    return path.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(String(values[key] ?? '')),
    )
  }

  /** Closes the connection when the check ends. */
  keep(connection: Connection): void {
    this.connections.push(connection)
  }

  /** An empty folder that anyone may write to, gone after the check. */
  folder(): string {
    const folder = mkdtempSync(join(scratchRoot(), 'f-'))
    chmodSync(folder, 0o777)
    this.folders.push(folder)
    return folder
  }

  /** Runs a check and ends everything that it started. */
  async judge(check: (subject: Subject) => Promise<Outcome>): Promise<Outcome> {
    try {
      return await check(this)
    } catch (error) {
      if (error instanceof Decided) return error.outcome
      return fail('the check of this clause', 'to be carried out', String(error))
    } finally {
      await this.dispose()
    }
  }

  async dispose(): Promise<void> {
    for (const connection of this.connections.splice(0)) connection.close()
    await Promise.all(this.started.splice(0).map((running) => running.kill()))
    for (const folder of this.folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }

  /** Files of the command's own folder are named in full, so that it can start elsewhere. */
  private absoluteCommand(): string[] {
    const { command, cwd } = this.target
    return command.map((part, index) => {
      const isPath = index > 0 || part.includes('/')
      return isPath && !part.startsWith('-') && existsSync(resolve(cwd, part))
        ? resolve(cwd, part)
        : part
    })
  }
}

let root: string | undefined

/** The folder of this run, in which all others are. */
function scratchRoot(): string {
  if (root === undefined) {
    root = mkdtempSync(join(tmpdir(), 'conform-'))
    // Another user that the command is started as has to get through it.
    chmodSync(root, 0o755)
  }
  return root
}

/** Removes the folder of this run. */
export function removeScratch(): void {
  if (root !== undefined) rmSync(root, { recursive: true, force: true })
  root = undefined
}
