import { formatError, MooringError } from '@mooring/core'
import { nearest } from '@mooring/core/adapter'
import { cac, type CAC } from 'cac'
import type { Command } from './command.ts'
import { buildCommand } from './commands/build.ts'
import { conformCommand } from './commands/conform.ts'
import { deadLettersCommand } from './commands/dead-letters.ts'
import { devCommand } from './commands/dev.ts'
import { parityCommand } from './commands/parity.ts'
import { runCommand } from './commands/run.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { version } from './version.ts'

const commands: readonly Command[] = [
  devCommand,
  buildCommand,
  runCommand,
  deadLettersCommand,
  parityCommand,
  conformCommand,
]

/** Runs the command line, and ends the process with its status. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await status(argv)
  // Nothing that a library left open may keep the command from ending.
  process.stdout.write('', () => process.exit())
}

async function status(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv)
  } catch (error) {
    const isMisuse = error instanceof Error && error.name === 'CACError'
    const mistake = isMisuse ? misused(error, argv[2]) : error
    const known = mistake instanceof MooringError
    process.stderr.write(`${known ? formatError(mistake) : stackOf(mistake)}\n`)
    return known ? exitCodeOf(mistake.code) : exitCodes.failed
  }
}

async function run(argv: readonly string[]): Promise<number> {
  let ended: number = exitCodes.done
  const cli = createParser(argv.slice(2), (running) => (ended = running))
  cli.parse([...argv], { run: false })
  if (cli.options['help'] || cli.options['version']) return exitCodes.done
  if (!cli.matchedCommand) {
    if (cli.args.length > 0) throw unknownCommand(cli.args[0] ?? '')
    cli.outputHelp()
    return exitCodes.usage
  }
  await cli.runMatchedCommand()
  return ended
}

function createParser(typed: readonly string[], finished: (status: number) => void): CAC {
  const cli = cac('mooring')
  for (const { usage, synopsis, description, options, examples, run: execute } of commands) {
    const command = cli.command(usage, description)
    if (synopsis !== undefined) command.usage(synopsis)
    for (const { flags, description: what } of options) command.option(flags, what)
    for (const example of examples) command.example(example)
    command.action(async (...args: [...(string[] | string | undefined)[], ParsedOptions]) => {
      const parsed = args.pop() as ParsedOptions
      const folders = (args as (string[] | string | undefined)[]).flat().filter(isGiven)
      const values = Object.entries(parsed).map(([name, value]) => [
        name,
        [value].flat().map(String),
      ])
      const argv = typed.toSpliced(typed.indexOf(command.name), 1)
      finished(await execute({ folders, values: Object.fromEntries(values), argv }))
    })
  }
  cli.help()
  cli.version(version)
  return cli
}

/** What the parser makes of options: one that is given more than once is a list. */
type ParsedOptions = Readonly<Record<string, unknown>>

function isGiven(value: string | undefined): value is string {
  return value !== undefined
}

/** @param name of the command, where one was typed */
function misused(error: Error, name: string | undefined): MooringError {
  const command = commands.find(({ usage }) => nameOf(usage) === name)
  const [, unknown] = /^Unknown option `--?([^`]+)`/.exec(error.message) ?? []
  const known = (command?.options ?? []).map(({ flags }) => /--([\w-]+)/.exec(flags)![1]!)
  const [near] = unknown === undefined ? [] : nearest(known, unknown, 1)
  const help = command ? `mooring ${name} --help` : 'mooring --help'
  return new MooringError('MOORING_E_CLI', {
    message: `${error.message}.`,
    ...(near !== undefined && { why: `The nearest that there is: --${near}.` }),
    fix: `see what there is with: ${help}`,
    cause: error,
  })
}

function unknownCommand(name: string): MooringError {
  const names = commands.map(({ usage }) => nameOf(usage))
  const [near] = nearest(names, name, 1)
  return new MooringError('MOORING_E_CLI', {
    message: `There is no command ${JSON.stringify(name)}.`,
    why: `Expected one of ${names.join(', ')}; the nearest is ${near}.`,
    fix: 'see what there is with: mooring --help',
  })
}

function nameOf(usage: string): string {
  return usage.split(' ', 1)[0]!
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
