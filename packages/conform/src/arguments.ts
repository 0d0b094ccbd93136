import { parseArgs } from 'node:util'
import { type Profile, richPaths, type RichPath, type Target, targetDefaults } from './target.ts'
import { type Environment, passedOn } from './environment.ts'
import { flagsOf, options } from './options.ts'

/** A mistake in the command line. */
export class UsageError extends Error {}

export type Format = 'terminal' | 'json' | 'junit' | 'markdown'

/** What a command line asks for. */
export interface Arguments {
  readonly target: Target
  readonly format: Format
  /** Identifiers of the clauses to check; all when empty. */
  readonly only: readonly string[]
  readonly concurrency: number
  /** Whether to print the clauses instead of checking them. */
  readonly isListing: boolean
}

export const usage: string = `conform [options] -- command [arguments]

Holds a command, in any language, against the contract of port binding.

${options.map((option) => `  ${flagsOf(option).padEnd(25)} ${option.description}`).join('\n')}

Handlers are found under /__conform without being named.

Exit status: 0 when every MUST holds, 1 when one does not, 64 for a mistake in the command line.
`

const formats = ['json', 'junit', 'markdown'] as const
const profiles: readonly string[] = ['web', 'tcp', 'worker'] satisfies Profile[]

/**
 * @param caller the environment that the command gets a part of
 * @throws {UsageError} for what cannot be understood.
 */
export function parseArguments(
  argv: readonly string[],
  cwd: string,
  caller: Environment = {},
): Arguments {
  const split = argv.indexOf('--')
  const [file, ...args] = split < 0 ? [] : argv.slice(split + 1)
  const before = split < 0 ? argv : argv.slice(0, split)
  if (before[0] !== undefined && !before[0].startsWith('-')) {
    throw new UsageError(`'${before[0]}' is no option; the command goes after --`)
  }
  const values = readOptions(before)
  const text = (name: string) => values[name] as string | undefined
  const list = (name: string) => (values[name] ?? []) as string[]
  const isListing = values['list'] === true
  if (file === undefined && !isListing) throw new UsageError('no command: give it after --')
  const profile = text('profile') ?? targetDefaults.profile
  if (!profiles.includes(profile)) {
    throw new UsageError(`--profile is '${profile}'; expected ${profiles.join(', ')}`)
  }
  const chosen = formats.filter((format) => values[format] === true)
  if (chosen.length > 1) throw new UsageError(`one format at a time, not ${chosen.join(' and ')}`)
  const variable = text('backing-env')
  const backingPath = text('backing-path')
  if ((variable === undefined) !== (backingPath === undefined)) {
    throw new UsageError('--backing-env and --backing-path belong together')
  }
  const portVariable = text('port-env') ?? targetDefaults.portVariable
  return {
    target: {
      command: [file ?? '', ...args],
      cwd: text('cwd') ?? cwd,
      profile: profile as Profile,
      isPid1: values['pid-1'] === true,
      portVariable,
      env: {
        ...passedOn(caller, portVariable),
        ...Object.fromEntries(list('env').map(readVariable)),
      },
      path: text('path') ?? targetDefaults.path,
      paths: readPaths(text),
      writes: list('writes'),
      backing:
        variable === undefined || backingPath === undefined
          ? undefined
          : { variable, path: backingPath },
      bootMs: readNumber('boot-ms', text('boot-ms'), targetDefaults.bootMs),
      graceMs: readNumber('grace-ms', text('grace-ms'), targetDefaults.graceMs),
      keepAliveMs: readNumber('keep-alive-ms', text('keep-alive-ms'), targetDefaults.keepAliveMs),
      stallMs: readNumber('stall-ms', text('stall-ms'), targetDefaults.stallMs),
      routerMs: readNumber('router-ms', text('router-ms'), targetDefaults.routerMs),
    },
    format: chosen[0] ?? 'terminal',
    only: list('only').flatMap((ids) => ids.split(',')),
    concurrency: readNumber('concurrency', text('concurrency'), 4),
    isListing,
  }
}

function readOptions(args: readonly string[]): Record<string, unknown> {
  const known = options.map(({ name, value, isList = false }) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: isList },
  ])
  try {
    return parseArgs({ args: [...args], strict: true, options: Object.fromEntries(known) }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function readPaths(text: (name: string) => string | undefined): Target['paths'] {
  const paths: Partial<Record<RichPath, string>> = {}
  for (const name of richPaths) {
    const path = text(`${name}-path`)
    if (path !== undefined) paths[name] = path
  }
  return paths
}

function readNumber(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new UsageError(`--${name} is '${value}'; expected a whole number above 0`)
}

function readVariable(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`--env is '${text}'; expected NAME=VALUE`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
