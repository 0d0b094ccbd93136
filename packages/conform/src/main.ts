import { type Arguments, parseArguments, usage, UsageError } from './arguments.ts'
import { clauses } from './clauses/index.ts'
import type { Clause } from './clause.ts'
import type { Trouble } from './probe.ts'
import { reportJson, reportJunit, reportMarkdown } from './report.ts'
import { Progress, reportTerminal } from './report-terminal.ts'
import { isConforming, run } from './run.ts'

/** EX_USAGE of sysexits.h. */
const misused = 64

/**
 * The command line of `conform`, with its help and its mistakes on stderr.
 *
 * @returns the exit status: 0 when every MUST holds, 1 when one does not, 64 for a mistake in `argv`
 */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--help' || argv[0] === '-h') {
    process.stdout.write(usage)
    return 0
  }
  try {
    return await conform(argv)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`conform: ${error.message}\nSee conform --help.\n`)
    return misused
  }
}

/**
 * Does what a command line asks for. Prints the report on stdout, and progress on stderr where that
 * is a terminal.
 *
 * @returns the exit status: 0 when every MUST holds, 1 when one does not
 * @throws {UsageError} for a mistake in `argv`
 */
export async function conform(argv: readonly string[]): Promise<number> {
  const asked = parseArguments(argv, process.cwd(), process.env)
  const chosen = choose(asked)
  if (!asked.isListing) return check(asked, chosen)
  for (const { id, level, sentence } of chosen) {
    process.stdout.write(`${id} ${level.padEnd(6)} ${sentence}\n`)
  }
  return 0
}

async function check(asked: Arguments, chosen: readonly Clause[]): Promise<number> {
  const { target, format, concurrency } = asked
  const progress = process.stderr.isTTY ? new Progress(chosen.length) : undefined
  let trouble: Trouble | undefined
  const results = await run(target, chosen, {
    concurrency,
    onStart: (clause) => progress?.start(clause),
    onResult: (result) => progress?.end(result),
    onTrouble: (found) => (trouble = found),
  })
  progress?.clear()
  const reports = {
    json: () => reportJson(target, results, trouble),
    junit: () => reportJunit(target, results, trouble),
    markdown: () => reportMarkdown(target, results, trouble),
    terminal: () =>
      reportTerminal(results, trouble, process.stdout.isTTY && !process.env['NO_COLOR']),
  }
  process.stdout.write(reports[format]())
  return isConforming(results) ? 0 : 1
}

/** @throws {UsageError} for a clause that does not exist, or is not one of the profile's. */
function choose({ only, target: { profile } }: Arguments): Clause[] {
  const ofProfile = clauses.filter(({ profiles }) => profiles.includes(profile))
  for (const id of only) {
    if (ofProfile.some((clause) => clause.id === id)) continue
    const isKnown = clauses.some((clause) => clause.id === id)
    const why = isKnown ? `is no clause of the profile ${profile}` : 'is no clause; see --list'
    throw new UsageError(`--only names ${id}, which ${why}`)
  }
  return only.length === 0 ? ofProfile : ofProfile.filter(({ id }) => only.includes(id))
}
