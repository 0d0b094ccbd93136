import { setTimeout as delay } from 'node:timers/promises'
import { startClient } from '../client.ts'
import { nodeServer } from '../commands.ts'
import { load } from '../load.ts'
import type { Settings } from '../part.ts'
import type { Results } from '../results.ts'
import { baseline } from '../peers.ts'
import { profile, type Profiled, type Shares } from '../profile.ts'
import { goalsOf } from '../report/goals.ts'
import type { Command, Server } from '../server.ts'
import { workloads } from '../workloads.ts'
import { linksCommand } from './start.ts'

const spellMs = 3_000

/** Less than this share of the whole is not told. */
const leastShare = 0.01

/** Profiles what has missed its goal: where the rest goes. */
export async function profileMissed(results: Results, settings: Settings): Promise<Profiled[]> {
  const missed = new Set(
    goalsOf(results).flatMap(({ key, verdict }) => (verdict === 'not met' ? [key] : [])),
  )
  const profiled: Profiled[] = []
  for (const workload of workloads) {
    if (!missed.has(workload.name)) continue
    settings.say(`profile of ${workload.name}`)
    const run = (server: Server) => load(server, workload, { seconds: spellMs / 1_000 })
    const cells = (name: string) =>
      results.requests?.rows.find((row) => row.name === name)?.cells[workload.name]
    profiled.push(
      await compare(`A request: ${workload.title}`, 'µs', [
        { command: nodeServer(baseline), at: '/text', run, cost: cells(baseline)?.cpuUs?.median },
        { command: nodeServer('mooring'), at: '/text', run, cost: cells('mooring')?.cpuUs?.median },
      ]),
    )
  }
  if (missed.has('web-sockets')) {
    const cost = (name: string) =>
      results.webSockets?.rows.find((row) => row.name === name)?.cpuUs?.median
    profiled.push(
      await compare('A WebSocket message', 'µs', [
        { command: nodeServer('ws'), at: '/', run: echo, cost: cost('ws') },
        { command: nodeServer('mooring'), at: '/', run: echo, cost: cost('mooring') },
      ]),
    )
  }
  if (missed.has('start')) {
    const cost = (name: string) =>
      results.start?.rows.find((row) => row.name === name)?.cpuMs.median
    const run = async () => {}
    profiled.push(
      await compare('The start', 'ms', [
        { command: nodeServer(baseline), at: '/text', run, cost: cost(baseline) },
        { command: linksCommand(), at: '/api/links', run, cost: cost('links') },
      ]),
    )
  }
  return profiled
}

interface Side {
  readonly command: Command
  readonly at: string
  readonly run: (server: Server) => Promise<unknown>
  /** What was measured, of which the profile gives the shares. */
  readonly cost: number | undefined
}

async function compare(
  title: string,
  unit: Profiled['unit'],
  [compared, own]: readonly [Side, Side],
): Promise<Profiled> {
  const cost = async ({ command, at, run, cost: measured = 0 }: Side) => ({
    shares: await profile(command, at, run),
    measured,
  })
  const [first, second] = [await cost(compared), await cost(own)]
  const of = (side: { shares: Shares; measured: number }, group: string) =>
    (side.shares.get(group) ?? 0) * side.measured
  const groups = [...new Set([...first.shares.keys(), ...second.shares.keys()])]
  const rows = groups
    .map((group) => ({ group, compared: of(first, group), own: of(second, group) }))
    .filter(({ compared: a, own: b }) => Math.max(a, b) >= leastShare * second.measured)
    .toSorted((a, b) => b.own - b.compared - (a.own - a.compared))
  return { title, unit, names: [compared.command.name, own.command.name], rows }
}

async function echo(server: Server): Promise<void> {
  const client = await startClient('web-sockets', server, 64)
  await delay(spellMs)
  await client.stop()
}
