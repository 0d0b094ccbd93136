import { formatError, MooringError } from '@mooring/core'
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
    const mistake = error instanceof Error && error.name === 'CACError' ? misused(error) : error
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

function misused(error: Error): MooringError {
  return new MooringError('MOORING_E_CLI', {
    message: `${error.message}.`,
    fix: 'see what there is with: mooring --help',
    cause: error,
  })
}

function unknownCommand(name: string): MooringError {
  return new MooringError('MOORING_E_CLI', {
    message: `There is no command ${JSON.stringify(name)}.`,
    why: `Expected one of ${commands.map(({ usage }) => usage.split(' ')[0]).join(', ')}.`,
    fix: 'see what there is with: mooring --help',
  })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
