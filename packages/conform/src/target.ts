/** What a command is: it answers HTTP, it binds a port for something else, or it binds nothing. */
export type Profile = 'web' | 'tcp' | 'worker'

/** The handlers beside `/` that some clauses need. Each may be absent. */
export const richPaths = [
  'slow',
  'block',
  'stream',
  'echo',
  'throw',
  'header',
  'client',
  'log',
  'live',
  'ready',
] as const

export type RichPath = (typeof richPaths)[number]

/** A command and everything that a run needs to know about it. */
export interface Target {
  readonly command: readonly [string, ...string[]]
  readonly cwd: string
  readonly profile: Profile
  /** Whether every start is as PID 1 of a namespace of its own, as in a container. @default false */
  readonly isPid1: boolean
  /** The variable that names the port. @default 'PORT' */
  readonly portVariable: string
  /** Variables that the command needs beside it. */
  readonly env: Readonly<Record<string, string>>
  /** A path that answers with a status below 500. @default '/' */
  readonly path: string
  readonly paths: Readonly<Partial<Record<RichPath, string>>>
  /** Folders that the command says it writes to. */
  readonly writes: readonly string[]
  /** The variable that takes the URL of a backing service, and a path that calls it. */
  readonly backing: { readonly variable: string; readonly path: string } | undefined
  /** How long the command may take until it answers. @default 20000 */
  readonly bootMs: number
  /** The platform's time from SIGTERM to SIGKILL. @default 30000 */
  readonly graceMs: number
  /** How long an idle connection must be kept: longer than AWS's load balancers keep theirs. @default 61000 */
  readonly keepAliveMs: number
  /** How long a client may stall in its head, its body or its reading: nginx's 60 s, and a little. @default 65000 */
  readonly stallMs: number
  /** How late the router in front notices the signal. @default 2000 */
  readonly routerMs: number
}

export const targetDefaults: Omit<Target, 'command' | 'cwd'> = {
  profile: 'web',
  isPid1: false,
  portVariable: 'PORT',
  env: {},
  path: '/',
  paths: {},
  writes: [],
  backing: undefined,
  bootMs: 20_000,
  graceMs: 30_000,
  keepAliveMs: 61_000,
  stallMs: 65_000,
  routerMs: 2_000,
}
