/** One option of the command line. This file imports nothing, so that any help may read it. */
export interface Option {
  /** Without dashes, such as `port-env`. */
  readonly name: string
  /** What its value is; without it the option has none. */
  readonly value?: string
  /** Whether it may be given more than once. */
  readonly isList?: boolean
  readonly description: string
}

const handler = 'The handler that'

/** Every option of `conform`, in the order of its help. */
export const options: readonly Option[] = [
  { name: 'profile', value: 'web|tcp|worker', description: 'What the command is (web)' },
  { name: 'json', description: 'Report in JSON' },
  { name: 'junit', description: 'Report in JUnit XML' },
  { name: 'markdown', description: 'Report in Markdown' },
  { name: 'only', value: 'ids', isList: true, description: 'These clauses only: PB-07,PB-40' },
  { name: 'list', description: 'Print the clauses and end' },
  { name: 'pid-1', description: 'Start it as PID 1 each time, as a container does (root only)' },
  { name: 'port-env', value: 'name', description: 'The variable that names the port (PORT)' },
  {
    name: 'env',
    value: 'name=value',
    isList: true,
    description: 'A variable that the command needs, beside yours; may be repeated',
  },
  { name: 'cwd', value: 'folder', description: 'The folder to start it in (this one)' },
  {
    name: 'writes',
    value: 'folder',
    isList: true,
    description: 'A folder that it may write to; may be repeated',
  },
  { name: 'path', value: 'path', description: 'A path that answers below 500 (/)' },
  { name: 'live-path', value: 'path', description: 'Liveness (found at /livez, /healthz)' },
  { name: 'ready-path', value: 'path', description: 'Readiness (found at /readyz, /ready)' },
  { name: 'slow-path', value: 'path', description: `${handler} takes {ms} (/__conform/slow)` },
  { name: 'block-path', value: 'path', description: `${handler} blocks for {ms}` },
  {
    name: 'stream-path',
    value: 'path',
    description: `${handler} streams {chunks} of {bytes} with {ms} before each`,
  },
  { name: 'echo-path', value: 'path', description: `${handler} answers a POST with its body` },
  { name: 'throw-path', value: 'path', description: `${handler} fails in the way of {kind}` },
  { name: 'header-path', value: 'path', description: `${handler} sets a header to {value}` },
  { name: 'client-path', value: 'path', description: `${handler} answers with address and URL` },
  { name: 'log-path', value: 'path', description: `${handler} writes a line to stdout` },
  {
    name: 'backing-env',
    value: 'name',
    description: 'The variable that takes the URL of a backing service (BACKING_URL)',
  },
  { name: 'backing-path', value: 'path', description: 'A path whose handler calls it' },
  { name: 'boot-ms', value: 'ms', description: 'Until it answers (20000)' },
  { name: 'grace-ms', value: 'ms', description: 'From SIGTERM to SIGKILL on the platform (30000)' },
  {
    name: 'keep-alive-ms',
    value: 'ms',
    description: 'How long an idle connection is kept (61000)',
  },
  { name: 'stall-ms', value: 'ms', description: 'How long a client may stall (65000)' },
  { name: 'router-ms', value: 'ms', description: 'How late the router notices (2000)' },
  { name: 'concurrency', value: 'count', description: 'Clauses beside each other (4)' },
]

/** An option as people type it, such as `--port-env <name>`. */
export function flagsOf({ name, value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`
}
