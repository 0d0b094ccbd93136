import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { rejectOnAbort } from './abort.ts'
import { type Arguments, type Format, parseArguments, UsageError } from './arguments.ts'
import type { Case } from './cases/case.ts'
import { chooseCases, declaredIn } from './cases/choose.ts'
import { differences } from './differences/index.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { generateAndRun } from './generate/run.ts'
import type { Route } from './generate/route.ts'
import { routesToAsk } from './generate/routes.ts'
import { record } from './record.ts'
import { reportJson, reportJunit } from './report/machine.ts'
import { type Due, isSame, summarise } from './report/summary.ts'
import { reportTerminal } from './report/terminal.ts'
import { type CaseResult, runCase } from './run.ts'
import { startBackings } from './targets/backing.ts'
import { type AppFolders, findTargets, urlsOf } from './targets/find.ts'

/**
 * Does what a command line asks for: the report on stdout, progress on stderr where that is a
 * terminal.
 *
 * @returns the exit status: 0 where nothing undeclared differs, else 1
 * @throws {UsageError} for a mistake in `argv`, or in a file of cases
 */
export async function parity(argv: readonly string[]): Promise<number> {
  const asked = parseArguments(argv, process.cwd())
  if (asked.isListing) {
    for (const { number, title } of differences) process.stdout.write(`${number} ${title}\n`)
    return 0
  }
  checkReports(asked)
  const ends: (() => Promise<void>)[] = []
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    return await compare(asked, ends, interrupt.signal)
  } catch (error) {
    // Whoever asked for the end need not be told what it broke off.
    if (interrupt.signal.aborted) return 130
    throw error
  } finally {
    await Promise.all(ends.map((end) => end()))
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

/**
 * @param ends what stops all that was started is added to it
 * @param signal breaks it off: rejects, when what was about to start has ended
 */
async function compare(
  asked: Arguments,
  ends: (() => Promise<void>)[],
  signal: AbortSignal,
): Promise<number> {
  const backings = await startBackings(asked.with, signal)
  ends.push(...backings.map(({ stop }) => stop))
  const app = { ...asked, backings, env: { ...urlsOf(backings), ...asked.env } }
  const targets = findTargets(app)
  if (asked.record !== undefined) return record(targets[0]!, asked.record, ends, signal)
  const cases = await chooseCases(asked)
  if (targets.length === 1 && asked.targets.length === 0) {
    const missing = targets[0]!.name === 'node' ? 'no Wrangler configuration' : 'no src/main.ts'
    process.stderr.write(`only ${targets[0]!.name}: there is ${missing} to compare it with\n`)
  }
  const routes = asked.generate > 0 ? await routesToAsk(app) : []
  const fleet = await startFleet(targets, signal)
  ends.push(fleet.stop)
  return Promise.race([replay(app, fleet, cases, routes, signal), rejectOnAbort(signal)])
}

async function replay(
  app: Arguments & AppFolders,
  fleet: Fleet,
  cases: readonly Case[],
  routes: readonly Route[],
  signal: AbortSignal,
): Promise<number> {
  const written = await runAll(fleet, cases)
  const generated = await generateAndRun(fleet, { ...app, routes }, differences)
  // Targets that have been stopped all answer nothing: that is no result.
  signal.throwIfAborted()
  return report(app, fleet, [...written, ...generated])
}

async function runAll(fleet: Fleet, cases: readonly Case[]): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  const isWatched = process.stderr.isTTY
  for (const each of cases) {
    if (isWatched)
      process.stderr.write(`\r\x1b[K${results.length}/${cases.length} ${each.name.slice(0, 60)}`)
    results.push(await runCase(fleet, each, differences))
  }
  if (isWatched) process.stderr.write('\r\x1b[K')
  return results
}

function report(asked: Arguments, fleet: Fleet, results: readonly CaseResult[]): number {
  const names = fleet.members.map(({ target }) => target.name)
  const summary = summarise(names, results, asked.isComplete ? cameUp(results) : [])
  const hasColour = process.stdout.isTTY && !process.env['NO_COLOR']
  const machine = { json: reportJson, junit: reportJunit }
  let isTold = false
  for (const [format, file] of Object.entries(asked.reports) as [Format, string][]) {
    const text = machine[format](summary, results)
    isTold ||= file === ''
    if (file === '') process.stdout.write(text)
    else writeFileSync(file, text)
  }
  if (!isTold) process.stdout.write(reportTerminal(summary, hasColour, asked.isVerbose))
  return isSame(summary) ? 0 : 1
}

/** Makes the files of reports, so that a mistake in them is told before a long run. */
function checkReports({ reports }: Arguments): void {
  for (const [format, file] of Object.entries(reports)) {
    try {
      if (file !== '') mkdirSync(path.dirname(file), { recursive: true })
      if (file !== '') writeFileSync(file, '')
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new UsageError(`--${format} is "${file}", which cannot be written: ${why}`, {
        cause: error,
      })
    }
  }
}

/**
 * The declared differences that a run is about, each with the targets that it must show them on: those
 * that its cases name it for, since another app may have what shows the rest; or where none does, and
 * it came up, all that it is about.
 */
function cameUp(results: readonly CaseResult[]): readonly Due[] {
  const declared = results.flatMap(({ case: { steps } }) => steps.flatMap(declaredIn))
  const named = Map.groupBy(declared, ({ difference }) => difference)
  const seen = new Set(results.flatMap((result) => result.seen.map(({ difference }) => difference)))
  return differences.flatMap((difference): readonly Due[] => {
    const of = named.get(difference.number)?.flatMap(({ targets }) => targets)
    if (of) return [{ ...difference, targets: of }]
    return seen.has(difference.number) ? [difference] : []
  })
}
