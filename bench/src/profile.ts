import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, start, type Server } from './server.ts'

/** Shares of a process's CPU time, by whose code it was. */
export type Shares = ReadonlyMap<string, number>

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Node writes the profile at its end, which only some of the servers have for a signal. */
const endOnSignal = ['--import', "data:text/javascript,process.on('SIGUSR2',()=>process.exit())"]

/** Making the profile takes a moment. */
const exitMs = 20_000

/** Profiles a server while `run` goes on. */
export async function profile(
  command: Command,
  at: string,
  run: (server: Server) => Promise<unknown>,
): Promise<Shares> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-profile-'))
  const args = ['--cpu-prof', '--cpu-prof-dir', folder, ...endOnSignal, ...command.args]
  try {
    const server = await start({ ...command, args }, at)
    try {
      await run(server)
      const exited = once(server.child, 'exit', { signal: AbortSignal.timeout(exitMs) })
      process.kill(server.pid, 'SIGUSR2')
      await exited
    } finally {
      await server.stop()
    }
    const [file] = readdirSync(folder)
    if (file === undefined) throw new Error(`${command.name} has left no profile`)
    return sharesOf(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as CpuProfile)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Shares {
  const groups = new Map(nodes.map(({ id, callFrame }) => [id, groupOf(callFrame)]))
  const times = new Map<string, number>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    const group = groups.get(id)
    if (group === undefined) continue
    const us = timeDeltas[index] ?? 0
    total += us
    times.set(group, (times.get(group) ?? 0) + us)
  }
  return new Map([...times].map(([group, us]) => [group, us / total]))
}

type CallFrame = CpuProfile['nodes'][number]['callFrame']

/** Whose code it is; `undefined` for the time in which nothing was to be done. */
function groupOf(frame: CallFrame): string | undefined {
  const { functionName, url } = frame
  if (functionName === '(idle)') return undefined
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)' || functionName === '(root)' || url === '') return 'native code'
  if (url.startsWith('node:internal/deps/undici')) return 'Node: fetch'
  if (url.startsWith('node:')) return 'Node'
  const source = sourceOf(frame) ?? url
  const inPackage = /node_modules\/(?!.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(source)
  if (inPackage) return inPackage[1]!
  const own = /(?:packages\/([^/]+)|apps\/([^/]+)|(bench)\/servers)\//.exec(source)
  if (!own) return 'other code'
  const [, name, app, bench] = own
  return name !== undefined
    ? `packages/${name}`
    : app !== undefined
      ? `apps/${app}`
      : `${bench}: the handler`
}

const maps = new Map<string, SourceMap | undefined>()

/** The file that a bundled function comes from. */
function sourceOf({ url, lineNumber, columnNumber }: CallFrame): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const file = `${fileURLToPath(url)}.map`
  if (!maps.has(file)) {
    maps.set(
      file,
      existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined,
    )
  }
  const entry = maps.get(file)?.findEntry(lineNumber, columnNumber)
  return entry && 'originalSource' in entry ? entry.originalSource : undefined
}

/** Where the CPU time of Mooring goes, beside that of what it is compared with. */
export interface Profiled {
  readonly title: string
  readonly unit: 'µs' | 'ms'
  readonly names: readonly [compared: string, own: string]
  /** By whose code it is; the largest difference first. */
  readonly rows: readonly {
    readonly group: string
    readonly compared: number
    readonly own: number
  }[]
}
