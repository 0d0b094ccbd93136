import { type Client, startClient } from '../client.ts'
import { nodeServer } from '../commands.ts'
import { cpuOf, watchCore } from '../cpu.ts'
import { type Figure, figureOf, ratioOf } from '../figures.ts'
import { fewestOf, type Settings } from '../part.ts'
import { baselineOf, chosenOf, peers } from '../peers.ts'
import { serverCore, withServers } from '../server.ts'
import { setTimeout as delay } from 'node:timers/promises'

export interface EventsResult {
  readonly clients: number
  readonly rows: readonly {
    readonly name: string
    /** CPU time for one event to one client. */
    readonly cpuUs: Figure | undefined
    readonly ratio: Figure | undefined
  }[]
}

const clientsEach = 1_000

/** The figure is small beside what else a core does in a second: it takes several. */
const spellMs = 4_000

/**
 * CPU time of an event stream's event. All servers stream at once: each is idle most of the time,
 * and what disturbs one disturbs all of them.
 */
export async function measureEvents(settings: Settings): Promise<EventsResult> {
  const { rounds, only, mostDisturbance, say } = settings
  const chosen = chosenOf(peers, only)
  return withServers(
    chosen.map(({ name }) => nodeServer(name)),
    async (servers) => {
      const clients: Client[] = []
      try {
        for (const server of servers) clients.push(await startClient('events', server, clientsEach))
        const pids = servers.map(({ pid }) => pid)
        const look = async () => ({
          counts: await Promise.all(clients.map((client) => client.count())),
          cpuMs: pids.map(cpuOf),
        })
        // The connections are made, and the code that sends is compiled.
        await delay(3_000)
        const samples: (number | undefined)[][] = servers.map(() => [])
        for (let round = 1; round <= rounds; round++) {
          say(`events, round ${round} of ${rounds}`)
          const { result, disturbance } = await watchCore(serverCore, pids, async () => {
            const before = await look()
            await delay(spellMs)
            return { before, after: await look() }
          })
          const { before, after } = result
          for (const [index, own] of samples.entries()) {
            const events = after.counts[index]! - before.counts[index]!
            const cpuMs = after.cpuMs[index]! - before.cpuMs[index]!
            own.push(disturbance > mostDisturbance ? undefined : (cpuMs * 1_000) / events)
          }
        }
        const names = chosen.map(({ name }) => name)
        const raw = baselineOf(names, samples)
        const rows = names.map((name, index) => ({
          name,
          cpuUs: figureOf(samples[index]!, fewestOf(settings)),
          ratio: ratioOf(samples[index]!, raw, fewestOf(settings)),
        }))
        return { clients: clientsEach, rows }
      } finally {
        await Promise.all(clients.map((client) => client.stop()))
      }
    },
  )
}
