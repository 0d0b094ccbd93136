import { nodeServer } from '../commands.ts'
import { type Figure, figureOf } from '../figures.ts'
import { type Load, load, undisturbed } from '../load.ts'
import { describeMachine } from '../machine.ts'
import { fewestOf, type Settings } from '../part.ts'
import { type Command, withServers } from '../server.ts'
import { workloads } from '../workloads.ts'
import { measureProcesses, type ProcessesResult } from './processes.ts'

/** CPU time for a request by how much there is of something. */
export interface Growth {
  readonly of: string
  readonly at: readonly number[]
  readonly rows: readonly {
    readonly name: string
    readonly cpuUs: readonly (Figure | undefined)[]
  }[]
}

export interface GrowthResult {
  readonly growths: readonly Growth[]
  readonly processes: ProcessesResult
}

const text = workloads.find(({ name }) => name === 'text')!

/** A line through several points needs fewer rounds than one figure does. */
const mostRounds = 3

/** How cost grows with connections, routes, headers and processes. */
export async function measureGrowth(settings: Settings): Promise<GrowthResult> {
  const most = Math.min(10_000, describeMachine().descriptors - 200)
  const connections = [1, 10, 100, 1_000, most]
  const routes = [1, 10, 100, 1_000]
  const headers = [1, 8, 64]
  const growths = [
    await measure('connections', connections, ['node-http', 'mooring'], settings, (amount) => ({
      how: { connections: amount },
    })),
    await measure(
      'routes',
      routes,
      ['hono-node-server', 'fastify', 'mooring'],
      settings,
      (amount) => ({
        command: { env: { BENCH_ROUTES: String(amount) } },
        request: { ...text, path: `/route-${amount}/42` },
      }),
    ),
    await measure('headers', headers, ['node-http', 'mooring'], settings, (amount) => ({
      how: { headers: amount },
    })),
  ]
  return { growths, processes: await measureProcesses(settings) }
}

async function measure(
  of: string,
  at: readonly number[],
  names: readonly string[],
  settings: Settings,
  pointOf: (amount: number) => {
    command?: Partial<Command>
    request?: typeof text
    how?: Omit<Load, 'seconds'>
  },
): Promise<Growth> {
  const rounds = Math.min(settings.rounds, mostRounds)
  const rows: { name: string; cpuUs: (Figure | undefined)[] }[] = []
  for (const name of names) rows.push({ name, cpuUs: [] })
  for (const amount of at) {
    settings.say(`growth with ${of}: ${amount}`)
    const { command, request = text, how } = pointOf(amount)
    await withServers(
      names.map((name) => nodeServer(name, command)),
      async (servers) => {
        const samples: (number | undefined)[][] = servers.map(() => [])
        // Many connections take a while to make.
        const seconds = settings.seconds + ((how?.connections ?? 0) > 1_000 ? 2 : 0)
        for (const server of servers) await load(server, request, { ...how, seconds })
        for (let round = 0; round < rounds; round++) {
          for (const [index, server] of servers.entries()) {
            const sample = await load(server, request, { ...how, seconds })
            samples[index]!.push(undisturbed(sample, settings)?.cpuUs)
          }
        }
        for (const [index, own] of samples.entries()) {
          rows[index]!.cpuUs.push(figureOf(own, fewestOf({ ...settings, rounds })))
        }
      },
    )
  }
  return { of, at, rows }
}
