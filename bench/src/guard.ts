import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { benchFolder, buildServers } from './build.ts'
import { nodeServer } from './commands.ts'
import { type Figure, ratioOf } from './figures.ts'
import { watchCore } from './cpu.ts'
import { load } from './load.ts'
import { describeMachine } from './machine.ts'
import { baseline } from './peers.ts'
import { type Server, serverCore, withServers } from './server.ts'
import { type Workload, workloads } from './workloads.ts'

// Fails where Mooring's CPU time per request, as a ratio to bare node:http in the same seconds, has
// grown by more than an eighth over what guard.json says. Both are loaded at once, on the same core:
// what disturbs one disturbs the other in the same moment, so it holds on a machine that is busy.
//   node src/guard.ts            compares
//   node src/guard.ts --write    takes what it finds as what is expected from now on

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })

const guarded = workloads.filter(({ name }) => ['text', 'json', 'post'].includes(name))
const file = path.join(benchFolder, 'guard.json')

/** Between chance, which is a few hundredths, and the 15 % that are to be found. */
const margin = 1.12

/** A ratio past its limit is measured again: a change of the code stays, a chance does not. */
const attempts = 4
const rounds = 5

/** With less there is no figure: that is told, and is no failure. */
const fewest = 3

/** Above this share of the core used by others, a round says nothing. */
const mostDisturbance = 0.1

describeMachine()
await buildServers()
const failed = await withServers([nodeServer(baseline), nodeServer('mooring')], guard)
if (failed.length > 0) {
  process.stderr.write(`slower than expected: ${failed.join(', ')}\n`)
  process.exitCode = 1
}

/** @returns the workloads that are past their limits */
async function guard(servers: readonly Server[]): Promise<string[]> {
  for (const workload of guarded) await round(servers, workload, 2)
  if (values.write) {
    await expectWhatIs(servers)
    return []
  }
  const expected = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  const past: string[] = []
  for (const workload of guarded) {
    const most = (expected[workload.name] ?? 0) * margin
    let ratio: Figure | undefined
    for (let attempt = 0; attempt < attempts; attempt++) {
      ratio = await ratioFor(servers, workload, rounds)
      tell(workload, ratio, most)
      if (!ratio || ratio.median <= most) break
    }
    if (ratio && ratio.median > most) past.push(workload.name)
  }
  return past
}

function tell({ name }: Workload, ratio: Figure | undefined, most: number): void {
  const range = ratio && `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}`
  const figures = ratio
    ? `${ratio.median.toFixed(2)} of raw (${range}), at most ${most.toFixed(2)}`
    : 'too noisy: others use the core'
  process.stdout.write(`${name.padEnd(5)} ${figures}\n`)
}

async function expectWhatIs(servers: readonly Server[]): Promise<void> {
  const expected: Record<string, number> = {}
  for (const workload of guarded) {
    const ratio = await ratioFor(servers, workload, rounds * 3)
    if (!ratio) throw new Error('too noisy: others use the core')
    expected[workload.name] = Number(ratio.median.toFixed(3))
  }
  writeFileSync(file, `${JSON.stringify(expected, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(expected)}\n`)
}

async function ratioFor(
  servers: readonly Server[],
  workload: Workload,
  times: number,
): Promise<Figure | undefined> {
  const raw: (number | undefined)[] = []
  const own: (number | undefined)[] = []
  for (let each = 0; each < times; each++) {
    const [first, second] = await round(servers, workload, 1)
    raw.push(first)
    own.push(second)
  }
  // A chance must not fail a build.
  return ratioOf(own, raw, fewest, 'all')
}

async function round(
  servers: readonly Server[],
  workload: Workload,
  seconds: number,
): Promise<readonly number[]> {
  const pids = servers.map(({ pid }) => pid)
  const { result, disturbance } = await watchCore(serverCore, pids, () =>
    Promise.all(servers.map((server) => load(server, workload, { seconds }))),
  )
  return disturbance > mostDisturbance ? [] : result.map(({ cpuUs }) => cpuUs)
}
