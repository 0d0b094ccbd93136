import { writeFileSync } from 'node:fs'
import path from 'node:path'
import workerd from 'workerd'
import { cache, workerFile } from '../build.ts'
import { watchCore } from '../cpu.ts'
import { type Figure, figureOf, ratioOf } from '../figures.ts'
import { load } from '../load.ts'
import type { Settings } from '../part.ts'
import { versionOf } from '../peers.ts'
import { type Command, freePort, serverCore, withServers } from '../server.ts'
import { workloads } from '../workloads.ts'
import { rowOf, type Started, startOnce, type StartRow } from './start.ts'

export interface WorkerdResult {
  readonly version: string
  readonly workloads: readonly { readonly name: string; readonly title: string }[]
  readonly rows: readonly {
    readonly name: string
    readonly cells: Readonly<
      Record<string, { readonly cpuUs: Figure | undefined; readonly ratio: Figure | undefined }>
    >
    readonly start: StartRow
  }[]
}

/**
 * The same Hono app, exported as it is and by `handle`. It is measured as it is twice: what the two
 * differ by is what a process is by chance.
 */
const rivals = [
  { name: 'hono', worker: 'hono' },
  { name: 'mooring', worker: 'mooring' },
  { name: 'hono, again', worker: 'hono' },
]

const chosen = workloads.filter(({ name }) => ['text', 'json', 'post'].includes(name))

/** Two processes of one program differ by some hundredths, all their lives: several are compared. */
const launchesOf = ({ rounds }: Settings): number => rounds * 2

/** CPU time and start on workerd, without the tools that put a proxy in front of it. */
export async function measureWorkerd(settings: Settings): Promise<WorkerdResult> {
  const commands: Command[] = []
  for (const [index, { name, worker }] of rivals.entries()) {
    commands.push(await commandOf(name, worker, index))
  }
  const launches = launchesOf(settings)
  const costs: (readonly (readonly number[])[])[] = []
  const starts: Started[][] = rivals.map(() => [])
  for (let launch = 1; launch <= launches; launch++) {
    settings.say(`workerd, launch ${launch} of ${launches}`)
    for (const [index, command] of commands.entries()) {
      starts[index]!.push(await startOnce(command, '/text'))
    }
    costs.push(await costsOf(commands, settings))
  }
  const cpu = (rival: number, workload: number) => costs.map((each) => each[workload]?.[rival])
  const fewest = Math.ceil(launches / 2)
  const rows = rivals.map(({ name }, rival) => {
    const cells = chosen.map((workload, index) => {
      const own = cpu(rival, index)
      const cell = { cpuUs: figureOf(own, fewest), ratio: ratioOf(own, cpu(0, index), fewest) }
      return [workload.name, cell] as const
    })
    const start = rowOf(name, starts[rival]!, starts[0]!)
    return { name, cells: Object.fromEntries(cells), start }
  })
  const shown = chosen.map(({ name, title }) => ({ name, title }))
  return { version: versionOf('workerd'), workloads: shown, rows }
}

/**
 * CPU microseconds for a request, by workload and rival. All are loaded at once, on the same core:
 * what disturbs one disturbs the others in the same moment.
 */
async function costsOf(
  commands: readonly Command[],
  settings: Settings,
): Promise<readonly (readonly number[])[]> {
  return withServers(commands, async (servers) => {
    const pids = servers.map(({ pid }) => pid)
    const costs: (readonly number[])[] = []
    for (const workload of chosen) {
      const loadAll = (seconds: number) =>
        Promise.all(servers.map((server) => load(server, workload, { seconds })))
      await loadAll(1)
      const { result, disturbance } = await watchCore(serverCore, pids, () =>
        loadAll(settings.seconds * rivals.length),
      )
      const isQuiet = disturbance <= settings.mostDisturbance
      costs.push(isQuiet ? result.map(({ cpuUs }) => cpuUs) : [])
    }
    return costs
  })
}

async function commandOf(name: string, worker: string, index: number): Promise<Command> {
  const port = await freePort()
  const config = path.join(cache, `workerd-${index}.capnp`)
  writeFileSync(config, configOf(workerFile(worker), port))
  return { name, file: workerd.default, args: ['serve', config], port }
}

function configOf(file: string, port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${path.basename(path.dirname(file))}/${path.basename(file)}")],
  compatibilityDate = "2026-11-01",
);
`
}
