import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { nodeServer } from '../commands.ts'
import { busyOf, cpuOf } from '../cpu.ts'
import { type Figure, figureOf, ratioOf, seriesOf } from '../figures.ts'
import { load } from '../load.ts'
import { fewestOf, type Settings } from '../part.ts'
import { loadCore, serverCore, start } from '../server.ts'
import { workloads } from '../workloads.ts'

export interface ProcessesResult {
  readonly rows: readonly {
    readonly processes: number
    readonly perSecond: Figure | undefined
    /** What they would answer with their cores to themselves, by the CPU time that a request takes. */
    readonly perSecondAlone: Figure | undefined
    /** Of all CPU time of the workers, what the least busy one had. */
    readonly leastShare: Figure | undefined
  }[]
  /** Of two to one, the load's share accounted for. */
  readonly ratio: Figure | undefined
}

interface Sample {
  readonly perSecond: number
  readonly perSecondAlone: number
  readonly leastShare: number
}

const counts = [1, 2]

const text = workloads.find(({ name }) => name === 'text')!

/**
 * Requests a second of one process and of two. On two cores the load must run where the second
 * process does: what it takes of that core is not the server's to use. So what counts is the CPU time
 * of a request: with twice the cores, and no request dearer, there are twice as many.
 */
export async function measureProcesses(settings: Settings): Promise<ProcessesResult> {
  const samples: (Sample | undefined)[][] = counts.map(() => [])
  for (let round = 1; round <= settings.rounds; round++) {
    settings.say(`processes, round ${round} of ${settings.rounds}`)
    for (const [index, count] of counts.entries()) {
      samples[index]!.push(await measure(count, settings))
    }
  }
  const fewest = fewestOf(settings)
  const rows = counts.map((processes, index) => {
    const figure = (key: keyof Sample) => figureOf(seriesOf(samples[index]!, key), fewest)
    return {
      processes,
      perSecond: figure('perSecond'),
      perSecondAlone: figure('perSecondAlone'),
      leastShare: figure('leastShare'),
    }
  })
  const [one = [], two = []] = samples
  const ratio = ratioOf(seriesOf(two, 'perSecondAlone'), seriesOf(one, 'perSecondAlone'), fewest)
  return { rows, ratio }
}

/** `undefined` where others used the cores too. */
async function measure(
  count: number,
  { seconds, mostDisturbance }: Settings,
): Promise<Sample | undefined> {
  const isApart = cpus().length >= counts.length + 1
  const serverCores = Array.from({ length: count }, (_, index) => serverCore + index)
  // Where there are only two cores, two processes share theirs with the load.
  const shares = count > 1 && !isApart
  const loadCores = shares ? serverCores : [isApart ? counts.length : loadCore]
  const env = { WEB_CONCURRENCY: String(count) }
  const server = await start(nodeServer('mooring', { env, cores: serverCores.join(',') }))
  try {
    const pids = [server.pid, ...childrenOf(server.pid)]
    const cores = loadCores.join(',')
    await load(server, text, { seconds: 1, cores, pids })
    const busy = () => serverCores.reduce((total, core) => total + busyOf(core), 0)
    const before = { busy: busy(), each: pids.map(cpuOf), at: performance.now() }
    const sample = await load(server, text, { seconds, cores, pids })
    const elapsedMs = performance.now() - before.at
    const usedMs = pids.map((pid, index) => cpuOf(pid) - before.each[index]!)
    const serverMs = usedMs.reduce((total, each) => total + each, 0)
    const loadMs = shares ? (sample.loadUs * sample.requests) / 1_000 : 0
    const othersMs = Math.max(busy() - before.busy - serverMs - loadMs, 0)
    if (othersMs > mostDisturbance * count * elapsedMs) return undefined
    const workers = count > 1 ? usedMs.slice(1) : usedMs
    return {
      perSecond: sample.perSecond,
      perSecondAlone: (sample.requests * count * 1_000) / serverMs,
      leastShare: Math.min(...workers) / serverMs,
    }
  } finally {
    await server.stop()
  }
}

/** proc(5). */
function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}
