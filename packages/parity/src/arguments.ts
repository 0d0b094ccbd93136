import path from 'node:path'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { options } from './options.ts'

/** The command line is wrong. The message says what was expected. */
export class UsageError extends Error {
  /** What to do, where that is more than to correct it. */
  readonly fix: string | undefined

  constructor(message: string, cause?: ErrorOptions, fix?: string) {
    super(message, cause)
    this.fix = fix
  }
}

/** A report for machines. */
export type Format = 'json' | 'junit'

/** What a command line asks for. */
export interface Arguments {
  /** Absolute folders of the app; the first is where its cases are. */
  readonly folders: readonly string[]
  readonly cases: readonly string[]
  readonly only: readonly string[]
  readonly targets: readonly string[]
  readonly generate: number
  readonly seed: number
  readonly except: readonly string[]
  /** Backing services, each `name=folder`. */
  readonly with: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly record: string | undefined
  /** Absolute files of the reports that are asked for; '' is stdout, of one of them at most. */
  readonly reports: Readonly<Partial<Record<Format, string>>>
  readonly isListing: boolean
  readonly isVerbose: boolean
  readonly isComplete: boolean
}

/** @throws UsageError */
export function parseArguments(argv: readonly string[], cwd: string): Arguments {
  const { values, positionals } = parse(argv)
  const list = (name: string) => (values[name] ?? []) as string[]
  const report = positionals.find((each) => /\.(?:json|xml)$/.test(each))
  if (report !== undefined) {
    const option = report.endsWith('.xml') ? '--junit' : '--json'
    throw new UsageError(
      `"${report}" is no folder of an app; a report's file is ${option}=${report}`,
    )
  }
  const folders = (positionals.length > 0 ? positionals : ['.']).map((each) =>
    path.resolve(cwd, each),
  )
  const given = list('cases').map((each) => path.resolve(cwd, each))
  const record = values['record'] as string | undefined
  return {
    folders,
    cases: given,
    only: list('only').flatMap((each) => each.split(',')),
    targets: list('targets').flatMap((each) => each.split(',')),
    generate: count(values['generate'], 'generate', 0),
    seed: count(values['seed'], 'seed', 1),
    // A comma within braces is a part of a pattern of Hono, such as `/:id{[0-9]{1,3}}`.
    except: list('except').flatMap((each) => each.split(/,(?![^{]*\})/)),
    with: list('with'),
    env: Object.fromEntries(list('env').map(variable)),
    record: record === undefined ? undefined : path.resolve(cwd, record),
    reports: reportsOf(values, cwd),
    isListing: values['list'] === true,
    isVerbose: values['verbose'] === true,
    isComplete: values['complete'] === true,
  }
}

type Values = Readonly<Record<string, unknown>>

function reportsOf(values: Values, cwd: string): Arguments['reports'] {
  const formats = (['json', 'junit'] as const).filter((name) => values[name] !== undefined)
  const files = formats.map((name): [Format, string] => {
    const file = String(values[name])
    return [name, file === '' ? '' : path.resolve(cwd, file)]
  })
  if (files.filter(([, file]) => file === '').length > 1) {
    throw new UsageError(
      '--json and --junit are both for stdout: give one a file, such as --junit=parity.xml',
    )
  }
  return Object.fromEntries(files)
}

/** An option whose value may be missing has it behind `=`, so that what follows is a folder. */
function withValues(argv: readonly string[]): string[] {
  const bare = options.filter(({ isOptional }) => isOptional).map(({ name }) => `--${name}`)
  return argv.map((each) => (bare.includes(each) ? `${each}=` : each))
}

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  const config: ParseArgsOptionsConfig = Object.fromEntries(
    options.map(({ name, value, isList = false }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: isList },
    ]),
  )
  try {
    return parseArgs({ args: withValues(argv), options: config, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function count(value: unknown, name: string, standard: number): number {
  if (value === undefined) return standard
  if (/^\d{1,9}$/.test(String(value))) return Number(value)
  throw new UsageError(`--${name} is ${JSON.stringify(value)}, expected a whole number`)
}

function variable(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw new UsageError(`--env is ${JSON.stringify(text)}, expected name=value`)
}
