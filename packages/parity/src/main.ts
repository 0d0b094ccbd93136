import path from 'node:path'
import { type Arguments, parseArguments, UsageError } from './arguments.ts'
import type { Case, Step } from './cases/case.ts'
import { loadCases } from './cases/load.ts'
import { CaseError } from './cases/parse.ts'
import type { Difference } from './differences/difference.ts'
import { differences } from './differences/index.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { generateAndRun } from './generate/run.ts'
import { record } from './record.ts'
import { reportJson, reportJunit } from './report/machine.ts'
import { isSame, summarise } from './report/summary.ts'
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
  const backings = await startBackings(asked.with)
  const ends = backings.map((backing) => backing.stop)
  const stop = () => Promise.all(ends.map((end) => end()))
  const forget = onSignal(stop)
  try {
    return await compare({ ...asked, backings, env: { ...urlsOf(backings), ...asked.env } }, ends)
  } finally {
    forget()
    await stop()
  }
}

/** Ctrl-C stops what was started, and ends with 130. */
function onSignal(stop: () => Promise<unknown>): () => void {
  const end = () => void stop().finally(() => process.exit(130))
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  return () => {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
  }
}

/** @param ends what stops all that was started is added to it */
async function compare(
  asked: Arguments & AppFolders,
  ends: (() => Promise<void>)[],
): Promise<number> {
  const targets = findTargets(asked)
  if (asked.record !== undefined) return record(targets[0]!, asked.record, ends)
  const cases = await chooseCases(asked)
  const fleet = await startFleet(targets)
  ends.push(fleet.stop)
  const written = await runAll(fleet, cases)
  const generated = await generateAndRun(fleet, asked, differences)
  return report(asked, fleet, [...written, ...generated])
}

async function chooseCases({
  cases,
  folders,
  only,
  generate,
}: Arguments): Promise<readonly Case[]> {
  const standard = path.join(folders[0]!, 'parity')
  const isOptional = cases.length === 0 && generate > 0
  try {
    const loaded = await Promise.all((cases.length > 0 ? cases : [standard]).map(loadCases))
    return loaded
      .flat()
      .filter(
        ({ name, file }) =>
          only.length === 0 || only.some((text) => name.includes(text) || file.includes(text)),
      )
  } catch (error) {
    if (!(error instanceof CaseError)) throw error
    if (isOptional && error.message.startsWith('There are no cases')) return []
    throw new UsageError(error.message, { cause: error })
  }
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
  const reports = {
    json: () => reportJson(summary, results),
    junit: () => reportJunit(summary, results),
    terminal: () => reportTerminal(summary, hasColour, asked.isVerbose),
  }
  process.stdout.write(reports[asked.format]())
  return isSame(summary) ? 0 : 1
}

/** The declared differences that a run is about: those that its cases name, and what else it showed. */
function cameUp(results: readonly CaseResult[]): readonly Difference[] {
  const numbers = new Set(
    results.flatMap(({ case: { steps }, seen }) => [
      ...seen.map(({ difference }) => difference),
      ...steps.flatMap(namedBy),
    ]),
  )
  return differences.filter(({ number }) => numbers.has(number))
}

function namedBy(step: Step): readonly string[] {
  if (step.kind !== 'request' && step.kind !== 'websocket') return []
  return step.declared.map(({ difference }) => difference)
}
