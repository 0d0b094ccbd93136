import { writeFileSync } from 'node:fs'
import path from 'node:path'
import workerd from 'workerd'
import { cache, workerFile } from '../build.ts'
import { type Figure, figureOf, ratioOf } from '../figures.ts'
import { load, type Sample, undisturbed } from '../load.ts'
import { fewestOf, type Settings } from '../part.ts'
import { versionOf } from '../peers.ts'
import { type Command, freePort, withServers } from '../server.ts'
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

/** The same Hono app: exported as it is, and by `handle`. */
const names = ['hono', 'mooring']

const chosen = workloads.filter(({ name }) => ['text', 'json', 'post'].includes(name))

/** CPU time and start on workerd, without the tools that put a proxy in front of it. */
export async function measureWorkerd(settings: Settings): Promise<WorkerdResult> {
  const { rounds, seconds, say } = settings
  const commands: Command[] = []
  for (const name of names) commands.push(await commandOf(name))
  const samples = new Map<string, (Sample | undefined)[]>()
  await withServers(commands, async (servers) => {
    for (const workload of chosen) {
      for (const server of servers) await load(server, workload, { seconds: 1 })
    }
    for (let round = 1; round <= rounds; round++) {
      say(`workerd, round ${round} of ${rounds}`)
      for (const workload of chosen) {
        for (const server of servers) {
          const key = `${server.name} ${workload.name}`
          const sample = undisturbed(await load(server, workload, { seconds }), settings)
          samples.set(key, [...(samples.get(key) ?? []), sample])
        }
      }
    }
  })
  const starts: Started[][] = names.map(() => [])
  for (let round = 1; round <= rounds * 2; round++) {
    for (const [index, command] of commands.entries()) {
      starts[index]!.push(await startOnce(command, '/text'))
    }
  }
  const cpu = (name: string, workload: string) =>
    (samples.get(`${name} ${workload}`) ?? []).map((sample) => sample?.cpuUs)
  const rows = names.map((name, index) => {
    const cells = chosen.map((workload) => {
      const own = cpu(name, workload.name)
      const bare = cpu(names[0]!, workload.name)
      const fewest = fewestOf(settings)
      const cell = { cpuUs: figureOf(own, fewest), ratio: ratioOf(own, bare, fewest) }
      return [workload.name, cell] as const
    })
    return {
      name,
      cells: Object.fromEntries(cells),
      start: rowOf(name, starts[index]!, starts[0]!),
    }
  })
  const shown = chosen.map(({ name, title }) => ({ name, title }))
  return { version: versionOf('workerd'), workloads: shown, rows }
}

async function commandOf(name: string): Promise<Command> {
  const port = await freePort()
  const config = path.join(cache, `workerd-${name}.capnp`)
  writeFileSync(config, configOf(workerFile(name), port))
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
