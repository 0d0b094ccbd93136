import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { watchCore } from './cpu.ts'
import type { Settings } from './part.ts'
import { loadCore, type Server, serverCore } from './server.ts'
import type { Workload } from './workloads.ts'

/** What one spell of load on one server showed. */
export interface Sample {
  readonly requests: number
  /** CPU time of the server for one request, in microseconds. */
  readonly cpuUs: number
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly p999Us: number
  /** Share of the server's core that others used. */
  readonly disturbance: number
  /** The load's own CPU time for one request, in microseconds. */
  readonly loadUs: number
}

export interface Load {
  readonly seconds: number
  /** @default 64 */
  readonly connections?: number
  /** More request headers. @default 0 */
  readonly headers?: number
  /** The cores that wrk may run on. @default the load's */
  readonly cores?: string
  /** The processes whose CPU time counts. @default the server's own */
  readonly pids?: readonly number[]
}

type Request = Pick<Workload, 'name' | 'method' | 'path' | 'type' | 'body'>

/** A share of the core that others used with which a server may not have been run at all. */
const lost = 0.5

const run = promisify(execFile)

/** Loads a server with wrk from another core, and reads from the system what that cost it. */
export async function load(server: Server, request: Request, how: Load): Promise<Sample> {
  const { seconds, connections = 64, headers = 0, cores = String(loadCore) } = how
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  const script = path.join(folder, 'load.lua')
  writeFileSync(script, luaOf(request, headers))
  // wrk runs for whole seconds.
  const wrk = ['wrk', '-t', '1', '-c', connections, '-d', `${seconds}s`, '--timeout', '10s', '-s']
  const command = ['-c', cores, ...wrk, script, server.url + request.path].map(String)
  try {
    const { result, cpuMs, disturbance } = await watchCore(
      serverCore,
      how.pids ?? [server.pid],
      () => run('taskset', command),
    )
    const [requests = 0, durationUs = 0, wrong = 0, p50Us = 0, p99Us = 0, p999Us = 0, loadS = 0] = (
      /^RESULT (.*)$/m.exec(result.stdout)?.[1] ?? ''
    )
      .split(' ')
      .map(Number)
    // Where others have the core, none may come through.
    if (wrong > 0 || (requests === 0 && disturbance < lost)) {
      throw new Error(`${server.name}, ${request.name}: ${wrong} of ${requests} are not answered`)
    }
    return {
      requests,
      cpuUs: (cpuMs * 1000) / requests,
      perSecond: requests / (durationUs / 1e6),
      p50Us,
      p99Us,
      p999Us,
      disturbance,
      loadUs: (loadS * 1e6) / requests,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The figures of a sample, unless others disturbed it. */
export function undisturbed(sample: Sample, { mostDisturbance }: Settings): Sample | undefined {
  return sample.disturbance > mostDisturbance ? undefined : sample
}

/** wrk's own report is for people; what is needed of it comes as one line. */
function luaOf({ method, type, body }: Request, headers: number): string {
  const lines = [`wrk.method = '${method}'`]
  if (type !== undefined) lines.push(`wrk.headers['Content-Type'] = '${type}'`)
  if (body !== undefined) lines.push(`wrk.body = [[${body}]]`)
  for (let each = 1; each <= headers; each++) {
    lines.push(`wrk.headers['X-Header-${each}'] = 'value-${each}'`)
  }
  return `${lines.join('\n')}
done = function(summary, latency, requests)
  local e = summary.errors
  if summary.requests == 0 then return print('RESULT 0') end
  print(string.format('RESULT %d %d %d %d %d %d %f', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), os.clock()))
end
`
}
