import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Case } from '../cases/case.ts'
import type { Difference } from '../differences/difference.ts'
import type { Fleet } from '../fleet.ts'
import { type CaseResult, runCase } from '../run.ts'
import { createRandom } from './random.ts'
import { type Generated, generateRequest, toStep, toText } from './request.ts'
import { routesOf } from './routes.ts'
import { shrink } from './shrink.ts'

export interface GenerateOptions {
  readonly folders: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** How many requests. */
  readonly generate: number
  readonly seed: number
  /** Routes that answer otherwise each time, by a part of their path. */
  readonly except: readonly string[]
}

/** Failures that are made small; what comes after them is told as it is. */
const mostShrunk = 5

/** Makes requests from the app's own routes, and replays each on every target. */
export async function generateAndRun(
  fleet: Fleet,
  options: GenerateOptions,
  differences: readonly Difference[],
): Promise<readonly CaseResult[]> {
  const { folders, env, generate, seed, except } = options
  if (generate === 0) return []
  const folder = folders.find((each) => existsSync(path.join(each, 'src/main.ts')))
  if (folder === undefined) return []
  const told = await routesOf(folder, env)
  const routes = told.filter((route) => !except.some((part) => route.path.includes(part)))
  const random = createRandom(seed)
  const results: CaseResult[] = []
  let shrunk = 0
  for (let index = 0; index < generate; index += 1) {
    const request = generateRequest(random, routes)
    const run = (candidate: Generated) =>
      runCase(fleet, toCase(candidate, seed, index), differences, false)
    const result = await run(request)
    if (result.undeclared.length === 0 || shrunk === mostShrunk) {
      results.push(result)
      continue
    }
    shrunk += 1
    const fails = async (candidate: Generated) => (await run(candidate)).undeclared.length > 0
    const smallest = await shrink(request, fails)
    results.push(await run(smallest))
  }
  return results
}

function toCase(request: Generated, seed: number, index: number): Case {
  const name = `generated ${index} of seed ${seed}: ${JSON.stringify(toText(request).slice(0, 500))}`
  return { name, file: 'generated', line: index, steps: [toStep(request)] }
}
