import { setTimeout as delay } from 'node:timers/promises'
import { startClient } from '../client.ts'
import { nodeServer } from '../commands.ts'
import { watchCore } from '../cpu.ts'
import { type Figure, figureOf, ratioOf, seriesOf } from '../figures.ts'
import { fewestOf, type Settings } from '../part.ts'
import { versionOf } from '../peers.ts'
import { type Server, serverCore, withServers } from '../server.ts'

export interface WebSocketsResult {
  readonly clients: number
  readonly rows: readonly {
    readonly name: string
    readonly version: string
    /** CPU time for a message and its echo. */
    readonly cpuUs: Figure | undefined
    readonly ratio: Figure | undefined
    readonly perSecond: Figure | undefined
  }[]
}

interface Echoes {
  readonly cpuUs: number
  readonly perSecond: number
}

const clients = 64

/** CPU time of a WebSocket message that is echoed, beside `ws` on bare `node:http`. */
export async function measureWebSockets(settings: Settings): Promise<WebSocketsResult> {
  const { rounds, seconds, mostDisturbance, say } = settings
  const names = [
    { name: 'ws', version: versionOf('ws') },
    { name: 'mooring', version: versionOf('@mooring/node') },
  ]
  return withServers(
    names.map(({ name }) => nodeServer(name)),
    async (servers) => {
      const samples: (Echoes | undefined)[][] = servers.map(() => [])
      for (const server of servers) await echo(server, 1_000, mostDisturbance)
      for (let round = 1; round <= rounds; round++) {
        say(`WebSockets, round ${round} of ${rounds}`)
        for (const [index, server] of servers.entries()) {
          samples[index]!.push(await echo(server, seconds * 1_000, mostDisturbance))
        }
      }
      const [raw = []] = samples
      const rows = names.map((name, index) => {
        const own = samples[index]!
        const fewest = fewestOf(settings)
        return {
          ...name,
          cpuUs: figureOf(seriesOf(own, 'cpuUs'), fewest),
          ratio: ratioOf(seriesOf(own, 'cpuUs'), seriesOf(raw, 'cpuUs'), fewest),
          perSecond: figureOf(seriesOf(own, 'perSecond'), fewest),
        }
      })
      return { clients, rows }
    },
  )
}

async function echo(server: Server, forMs: number, most: number): Promise<Echoes | undefined> {
  const client = await startClient('web-sockets', server, clients)
  try {
    const { result, cpuMs, elapsedMs, disturbance } = await watchCore(
      serverCore,
      [server.pid],
      async () => {
        const before = await client.count()
        await delay(forMs)
        return (await client.count()) - before
      },
    )
    if (disturbance > most) return undefined
    return { cpuUs: (cpuMs * 1_000) / result, perSecond: (result * 1_000) / elapsedMs }
  } finally {
    await client.stop()
  }
}
