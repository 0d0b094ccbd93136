/** One option of the command line. This file imports nothing, so that any help may read it. */
export interface Option {
  /** Without dashes, such as `seed`. */
  readonly name: string
  /** What its value is; without it the option has none. */
  readonly value?: string
  /** Whether it may be given without its value; with one it is written `--json=file`. */
  readonly isOptional?: boolean
  /** Whether it may be given more than once. */
  readonly isList?: boolean
  readonly description: string
}

/** Every option of `parity`, in the order of its help. */
export const options: readonly Option[] = [
  {
    name: 'cases',
    value: 'path',
    isList: true,
    description: 'A file of cases, or a folder (parity)',
  },
  {
    name: 'only',
    value: 'text',
    isList: true,
    description: 'Cases with this in name or file only',
  },
  {
    name: 'targets',
    value: 'names',
    isList: true,
    description: 'node, bun, deno, also as node@22 from npm, and workerd (node,workerd)',
  },
  {
    name: 'generate',
    value: 'count',
    description: 'Make so many requests from the app’s routes, in sequences of up to four',
  },
  { name: 'seed', value: 'number', description: 'Of which requests; a failure names it (1)' },
  {
    name: 'except',
    value: 'route',
    isList: true,
    description: 'No request for it: /links/:slug, GET /links, or /links/* with all below',
  },
  {
    name: 'with',
    value: 'name=folder',
    isList: true,
    description: 'Start the app in that folder as the backing service of that name',
  },
  {
    name: 'env',
    value: 'name=value',
    isList: true,
    description: 'A variable of the port-bound app',
  },
  { name: 'record', value: 'file', description: 'Write down what goes through a proxy, as cases' },
  { name: 'verbose', description: 'Show declared differences as diffs too' },
  {
    name: 'complete',
    description: 'A declared difference that comes up must do so on each of its targets',
  },
  {
    name: 'json',
    value: 'file',
    isOptional: true,
    description: 'Report in JSON, into --json=file or to stdout',
  },
  {
    name: 'junit',
    value: 'file',
    isOptional: true,
    description: 'Report in JUnit XML, into --junit=file or to stdout',
  },
  { name: 'list', description: 'Print the declared differences and end' },
]

/** An option as people type it, such as `--seed <number>`. */
export function flagsOf({ name, value, isOptional = false }: Option): string {
  if (value === undefined) return `--${name}`
  return isOptional ? `--${name} [=${value}]` : `--${name} <${value}>`
}
