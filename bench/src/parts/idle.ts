import { setTimeout as delay } from 'node:timers/promises'
import { startClient } from '../client.ts'
import { nodeServer } from '../commands.ts'
import { type Figure, figureOf, ratioOf } from '../figures.ts'
import { load } from '../load.ts'
import { describeMachine } from '../machine.ts'
import { memoryOf } from '../memory.ts'
import type { Settings } from '../part.ts'
import { baselineOf, chosenOf, peers } from '../peers.ts'
import { type Server, start } from '../server.ts'
import { workloads } from '../workloads.ts'

export interface IdleResult {
  readonly connections: number
  readonly rows: readonly {
    readonly name: string
    /** Of memory, for one idle connection. */
    readonly bytesEach: Figure | undefined
    readonly ratio: Figure | undefined
  }[]
}

const wanted = 10_000

/** Descriptors of either side that are not connections. */
const others = 200

/** How many rounds say enough: memory has little noise. */
const mostRounds = 3

/**
 * For garbage to be gone when memory is read, which otherwise is what is compared; and for idle
 * connections to stay, of which some servers close each after five seconds.
 */
const preload = `import { Server } from 'node:http'
process.on('SIGUSR2', gc)
const { listen } = Server.prototype
Server.prototype.listen = function (...args) {
  this.keepAliveTimeout = 65_000
  return listen.apply(this, args)
}`
/** The young generation has its size from the start: what it grows by is no connection's. */
const youngMb = 16
const flags = [
  '--expose-gc',
  `--min-semi-space-size=${youngMb}`,
  `--max-semi-space-size=${youngMb}`,
  '--import',
  `data:text/javascript,${encodeURIComponent(preload)}`,
]

/** Memory for a connection that has had a request, and waits for the next. */
export async function measureIdle(settings: Settings): Promise<IdleResult> {
  const { only, say } = settings
  const rounds = Math.min(settings.rounds, mostRounds)
  const connections = Math.min(wanted, describeMachine().descriptors - others)
  const chosen = chosenOf(peers, only)
  const samples: (number | undefined)[][] = chosen.map(() => [])
  for (let round = 1; round <= rounds; round++) {
    say(`idle connections, round ${round} of ${rounds}`)
    for (const [index, { name }] of chosen.entries()) {
      const command = nodeServer(name)
      const server = await start({ ...command, args: [...flags, ...command.args] })
      try {
        samples[index]!.push(await bytesEach(server, connections))
      } finally {
        await server.stop()
      }
    }
  }
  const names = chosen.map(({ name }) => name)
  const raw = baselineOf(names, samples)
  const rows = names.map((name, index) => ({
    name,
    bytesEach: figureOf(samples[index]!),
    ratio: ratioOf(samples[index]!, raw),
  }))
  return { connections, rows }
}

/** `undefined` where the connections have not stayed. */
async function bytesEach(server: Server, connections: number): Promise<number | undefined> {
  // A server that has worked: what is compiled then, and room for garbage, is not the connections'.
  await load(
    server,
    workloads.find(({ name }) => name === 'text')!,
    { seconds: 1 },
  )
  const first = await startClient('idle', server, 1_000)
  await first.stop()
  const before = await collected(server)
  const client = await startClient('idle', server, connections)
  try {
    const after = await collected(server)
    const open = await client.count()
    return open < connections * 0.99 ? undefined : (after - before) / open
  } finally {
    await client.stop()
  }
}

/** Resident memory without what nobody refers to any more, in bytes. */
async function collected(server: Server): Promise<number> {
  for (let each = 0; each < 3; each++) {
    process.kill(server.pid, 'SIGUSR2')
    await delay(150)
  }
  return memoryOf(server.pid).residentBytes
}
