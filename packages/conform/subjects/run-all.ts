import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArguments } from '../src/arguments.ts'
import { clauses } from '../src/clauses/index.ts'
import { totals } from '../src/report.ts'
import { run } from '../src/run.ts'
import { wait } from '../src/wait.ts'
import { install, isPortable } from './install.ts'
import { here, readSubjects, type SubjectFile } from './subject.ts'
import { type ServerResult, table } from './table.ts'

// Installs and runs every subject, or those that are named, and writes the results and their table.
//   node subjects/run-all.ts [--installed] [name …]
// With --installed, those whose Debian packages are not there yet are left out.
const resultsFile = join(here, 'results.json')
const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('--'))
const all = readSubjects()
const unknown = names.filter((name) => !all.some(({ id }) => id === name))
if (unknown.length > 0) {
  process.stderr.write(
    `no such subject: ${unknown.join(', ')}; there are ${all.map(({ id }) => id).join(', ')}\n`,
  )
  process.exit(2)
}
const chosen = all
  .filter(({ id }) => names.length === 0 || names.includes(id))
  .filter((subject) => !args.includes('--installed') || isPortable(subject))

const results: Record<string, ServerResult> = existsSync(resultsFile)
  ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Record<string, ServerResult>)
  : {}

for (const subject of chosen) {
  await quiet()
  process.stderr.write(`${subject.name} … `)
  const result = await judge(subject)
  results[subject.id] = result
  const { passed, failedMust, failedShould } = result.totals
  process.stderr.write(`${passed} passed, ${failedMust} MUST and ${failedShould} SHOULD failed\n`)
  const ordered = all.flatMap(({ id }) =>
    results[id] === undefined ? [] : [[id, results[id]] as const],
  )
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(ordered), undefined, 2)}\n`)
  writeFileSync(
    join(here, '../../../docs/port-binding-servers.md'),
    table(ordered.map(([, each]) => each)),
  )
}

/** Waits until the machine has time: on a busy one a server looks slower than it is. */
async function quiet(): Promise<void> {
  const deadline = performance.now() + 30 * 60_000
  while ((loadavg()[0] ?? 0) > 2 * availableParallelism() && performance.now() < deadline) {
    await wait(5_000)
  }
}

async function judge(subject: SubjectFile): Promise<ServerResult> {
  const { cwd, version } = install(subject)
  const options = ['--profile', subject.profile, ...(subject.options ?? [])]
  const { target, concurrency } = parseArguments([...options, '--', ...subject.command], cwd)
  const first = await run(target, clauses, { concurrency })
  // What failed is tried once more with less beside it, since a busy machine must fail nobody. What
  // waits for a minute is not disturbed by it.
  const failed = first.flatMap(({ clause, outcome }) =>
    outcome.result === 'fail' && !clause.waits ? [clause] : [],
  )
  const second = await run(target, failed, { concurrency: 2 })
  const again = new Map(second.map((result) => [result.clause, result]))
  const found = first.map((result) => again.get(result.clause) ?? result)
  return {
    name: subject.name,
    version,
    profile: subject.profile,
    totals: totals(found),
    outcomes: Object.fromEntries(found.map(({ clause, outcome }) => [clause.id, outcome.result])),
    failures: Object.fromEntries(
      found.flatMap(({ clause, outcome }) =>
        outcome.result === 'fail' ? [[clause.id, outcome.got.slice(0, 1_000)]] : [],
      ),
    ),
  }
}
