import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Backing,
  differences,
  findTargets,
  type Fleet,
  generateAndRun,
  isSame,
  loadCases,
  reportTerminal,
  routesToAsk,
  runCase,
  startBackings,
  startFleet,
  type Summary,
  summarise,
  type CaseResult,
} from '@mooring/parity'
import workspace from '../../../package.json' with { type: 'json' }

const folder = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const targets = ['node', 'node@22', 'node@24', 'workerd', 'bun@1', 'deno@2']
const stores = mkdtempSync(path.join(tmpdir(), 'parity-stores-'))
const env = {
  GREETING: 'hello',
  WORK_URL: 'memory:',
  FEED_URL: 'memory:',
  NOTES_URL: 'memory:',
  STORE_URL: `file:${stores}/{target}.sqlite`,
  NODE_ENV: 'test',
}
const app = { folders: [folder('probe')], env, targets }
/** Those that `pnpm parity` leaves out. */
const except = / --except (\S+)/.exec(workspace.scripts.parity)![1]!.split(',')

/** The report, where it tells of anything. */
const told = (summary: Summary) => (isSame(summary) ? '' : reportTerminal(summary, false))

/** A run is many short waits: a machine that is busy makes each of them longer. */
const runMs = 600_000

let fleet: Fleet | undefined
let backings: readonly Backing[] = []
beforeAll(async () => {
  backings = await startBackings([`upstream=${folder('upstream')}`])
  fleet = await startFleet(findTargets({ ...app, backings }))
}, runMs)
afterAll(async () => {
  await fleet?.stop()
  await Promise.all(backings.map(({ stop }) => stop()))
  rmSync(stores, { recursive: true, force: true })
})

/**
 * Runs the cases of a folder. In CI, where a failed test is tried again, it is the case that is: of
 * targets that are started anew, since all of them once more would take a minute and a half.
 */
async function runAll(asked: Fleet, cases: string): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const each of await loadCases(folder(cases))) {
    let result = await runCase(asked, each, differences)
    const isGood = result.undeclared.length === 0 && result.outdated.length === 0
    if (!isGood && process.env['CI']) {
      process.stdout.write(`${told(summarise(targets, [result]))}\nonce more: ${each.name}\n`)
      await asked.restart()
      result = await runCase(asked, each, differences)
    }
    results.push(result)
  }
  return results
}

test(
  'at least 500 written cases, and no undeclared difference; every declared one is so',
  { timeout: runMs, retry: 0 },
  async () => {
    const results = await runAll(fleet!, 'cases')
    const withFiles = await startFleet(
      findTargets({
        ...app,
        folders: [folder('static-probe')],
        env: { ...env, RESPONSE_TIMEOUT: '30s' },
      }),
    )
    try {
      results.push(...(await runAll(withFiles, 'static-probe/cases')))
    } finally {
      await withFiles.stop()
    }
    const summary = summarise(targets, results, differences)
    expect(told(summary)).toBe('')
    expect(results.length).toBeGreaterThan(500)
  },
)

test(
  'generated requests are answered in the same way',
  async () => {
    const routes = await routesToAsk({ ...app, except })
    const results = await generateAndRun(fleet!, { routes, generate: 500, seed: 1 }, differences)
    const summary = summarise(targets, results)
    expect(told(summary)).toBe('')
    expect(results.flatMap(({ case: { steps } }) => steps)).toHaveLength(500)
  },
  runMs,
)
