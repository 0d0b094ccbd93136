import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { busyOf, cpuOf } from './cpu.ts'
import { type Peer, serverCore } from './peer.ts'
import type { Workload } from './workloads.ts'

/** What one spell of load on one server showed. */
export interface Sample {
  readonly requests: number
  /** CPU time of the server for one request, in microseconds. */
  readonly cpuUs: number
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  /** Share of the server's core that others used. */
  readonly disturbance: number
}

const connections = 64

const run = promisify(execFile)

/** Loads a server with wrk from another core, and reads from the system what that cost it. */
export async function load(peer: Peer, workload: Workload, seconds: number): Promise<Sample> {
  const url = peer.url + workload.path
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  const script = path.join(folder, 'load.lua')
  writeFileSync(script, luaOf(workload))
  try {
    const before = { cpu: cpuOf(peer.pid), busy: busyOf(serverCore), at: performance.now() }
    const command = `taskset -c ${serverCore + 1} wrk -t 1 -c ${connections} -d ${seconds}s -s`
    const { stdout } = await run('sh', ['-c', `exec ${command} "$0" "$1"`, script, url])
    const cpuMs = cpuOf(peer.pid) - before.cpu
    const elapsedMs = performance.now() - before.at
    const othersMs = Math.max(busyOf(serverCore) - before.busy - cpuMs, 0)
    const [requests = 0, durationUs = 0, wrong = 0, p50Us = 0, p99Us = 0] = (
      /^RESULT (.*)$/m.exec(stdout)?.[1] ?? ''
    )
      .split(' ')
      .map(Number)
    if (requests === 0 || wrong > 0) {
      throw new Error(`${peer.name}, ${workload.name}: ${wrong} of ${requests} are not answered`)
    }
    return {
      requests,
      cpuUs: (cpuMs * 1000) / requests,
      perSecond: requests / (durationUs / 1e6),
      p50Us,
      p99Us,
      disturbance: othersMs / elapsedMs,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** wrk's own report is for people; what is needed of it comes as one line. */
function luaOf({ method, body }: Workload): string {
  return `wrk.method = '${method}'
${body === undefined ? '' : `wrk.headers['Content-Type'] = 'application/json'\nwrk.body = [[${body}]]`}
done = function(summary, latency, requests)
  local e = summary.errors
  print(string.format('RESULT %d %d %d %d %d', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`
}
