import { commandOf } from '../commands.ts'
import { type Figure, figureOf, ratioOf, seriesOf } from '../figures.ts'
import { load, type Sample, undisturbed } from '../load.ts'
import { memoryOf } from '../memory.ts'
import { fewestOf, type Settings } from '../part.ts'
import { baseline, chosenOf, context, type PeerKind, peers } from '../peers.ts'
import { type Command, type Server, withServers } from '../server.ts'
import { type Workload, workloads } from '../workloads.ts'

/** What one server needs for one workload. A figure that is not there was too noisy. */
export interface Cell {
  readonly cpuUs: Figure | undefined
  /** Of the CPU time, to bare `node:http` in the same rounds. */
  readonly ratio: Figure | undefined
  readonly perSecond: Figure | undefined
  readonly p50Us: Figure | undefined
  readonly p99Us: Figure | undefined
  readonly p999Us: Figure | undefined
}

export interface RequestsRow {
  readonly name: string
  readonly version: string
  /** Whether it is there for the scale only. */
  readonly isContext: boolean
  readonly cells: Readonly<Record<string, Cell>>
  /** The most memory that it held, after all of the workloads. */
  readonly peakBytes: number
}

export interface RequestsResult {
  readonly workloads: readonly { readonly name: string; readonly title: string }[]
  readonly rows: readonly RequestsRow[]
  /** Spells of load that others disturbed, and how many there were. */
  readonly leftOut: number
  readonly spells: number
  /** Servers that this machine does not have. */
  readonly missing: readonly string[]
}

/** What the servers that are there for the scale answer. */
const contextWorkloads: readonly string[] = ['text', 'json', 'post']

type Samples = Map<string, (Sample | undefined)[]>

/** CPU time, throughput and latency of every server for every workload. */
export async function measureRequests(settings: Settings): Promise<RequestsResult> {
  const { only, workloads: asked, rounds } = settings
  const chosen = chosenOf(workloads, asked)
  const wanted = chosenOf([...peers, ...context], only)
  const started: { kind: PeerKind; version: string; command: Command }[] = []
  const missing: string[] = []
  for (const kind of wanted) {
    const found = await commandOf(kind)
    if (found) started.push({ kind, ...found })
    else missing.push(kind.name)
  }
  const samples: Samples = new Map()
  return withServers(
    started.map(({ command }) => command),
    async (servers) => {
      await measure(servers, chosen, samples, settings)
      const rows = started.map(({ kind, version }, index) => {
        const cells = chosen.flatMap(({ name }) => {
          const own = samples.get(`${kind.name} ${name}`)
          const raw = samples.get(`${baseline} ${name}`) ?? []
          return own ? [[name, cellOf(own, raw, fewestOf(settings))] as const] : []
        })
        return {
          name: kind.name,
          version,
          isContext: context.includes(kind),
          cells: Object.fromEntries(cells),
          peakBytes: memoryOf(servers[index]!.pid).peakBytes,
        }
      })
      const all = [...samples.values()].flat()
      return {
        workloads: chosen.map(({ name, title }) => ({ name, title })),
        rows,
        leftOut: all.filter((sample) => sample === undefined).length,
        spells: rounds * samples.size,
        missing,
      }
    },
  )
}

async function measure(
  servers: readonly Server[],
  chosen: readonly Workload[],
  samples: Samples,
  settings: Settings,
): Promise<void> {
  const { rounds, seconds, say } = settings
  const pairs = chosen.map((workload) => ({
    workload,
    able: servers.filter((server) => isAble(server, workload)),
  }))
  for (const { workload, able } of pairs) {
    for (const server of able) {
      await check(server, workload)
      // Until the code that it runs is compiled.
      await load(server, workload, { seconds: 1 })
    }
  }
  for (let round = 1; round <= rounds; round++) {
    say(`requests, round ${round} of ${rounds}`)
    for (const { workload, able } of pairs) {
      // Side by side: what disturbs one of them, disturbs its neighbours too.
      for (const server of able) {
        const key = `${server.name} ${workload.name}`
        const sample = undisturbed(await load(server, workload, { seconds }), settings)
        samples.set(key, [...(samples.get(key) ?? []), sample])
      }
    }
  }
}

function isAble({ name }: Server, workload: Workload): boolean {
  if (name === 'nginx') return workload.name === 'text'
  return !context.some((one) => one.name === name) || contextWorkloads.includes(workload.name)
}

/** A server that answers something else is not doing the same work. */
async function check(server: Server, workload: Workload): Promise<void> {
  const { method, path, type, body, answer } = workload
  const headers = type === undefined ? {} : { 'Content-Type': type }
  const got = await fetch(server.url + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  const text = await got.text()
  if (got.status === 200 && text === answer) return
  const shown = JSON.stringify(text.slice(0, 200))
  throw new Error(`${server.name} answers ${method} ${path} with ${got.status} ${shown}`)
}

function cellOf(
  own: readonly (Sample | undefined)[],
  raw: readonly (Sample | undefined)[],
  fewest: number,
): Cell {
  const figure = (key: keyof Sample) => figureOf(seriesOf(own, key), fewest)
  return {
    cpuUs: figure('cpuUs'),
    ratio: ratioOf(seriesOf(own, 'cpuUs'), seriesOf(raw, 'cpuUs'), fewest),
    perSecond: figure('perSecond'),
    p50Us: figure('p50Us'),
    p99Us: figure('p99Us'),
    p999Us: figure('p999Us'),
  }
}
