import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { killAll } from '../process.ts'
import { kills, wholePlan } from './plan.ts'
import { createRandom } from './random.ts'
import { describeLosses, isFlawless, nameOf, report, wasAnswered } from './report.ts'
import { type Result, runScenario, type Scenario } from './scenario.ts'

// The whole run. `--seed 7` repeats one, `--only haproxy` takes part of it, `--write` puts the
// figures into the documentation.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const page = fileURLToPath(new URL('../../../../docs/zero-loss.md', import.meta.url))
const figures = /(?<=<!-- figures -->\n)[^]*(?=<!-- \/figures -->)/

const seed = Number(values.seed)
const random = createRandom(seed)
process.stderr.write(`seed ${seed}\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void killAll().then(() => process.exit(1)))
}

const results: Result[] = []
for (const scenario of wholePlan.filter(isWanted)) results.push(await run(scenario))
const killed = isWanted(kills) ? await run(kills) : undefined

const text = report(results, killed, seed)
process.stdout.write(`${text}\n`)
if (values.write) {
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(figures, () => `\n${text}\n\n`),
  )
}
const besides = killed?.losses.filter((loss) => !wasAnswered(loss, killed.signals)) ?? []
process.exitCode = results.every(isFlawless) && besides.length === 0 ? 0 : 1

function isWanted(scenario: Scenario): boolean {
  return nameOf(scenario).join(', ').toLowerCase().includes(values.only.toLowerCase())
}

async function run(scenario: Scenario): Promise<Result> {
  process.stderr.write(`${nameOf(scenario).join(', ')}: ${scenario.restarts} times\n`)
  const result = await runScenario(scenario, random)
  process.stderr.write(describeLosses(result))
  return result
}
