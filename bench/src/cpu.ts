import { readdirSync, readFileSync } from 'node:fs'

/** proc(5) counts in hundredths of a second on every Linux that Node runs on (USER_HZ). */
const tickMs = 10

/**
 * CPU time that a process has used so far, all of its threads, in milliseconds. The scheduler's own
 * figure has nanoseconds, where proc(5)'s `stat` has hundredths of a second.
 */
export function cpuOf(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    nanoseconds += Number(onCpu)
  }
  return nanoseconds / 1e6
}

/**
 * How long a core was in use by processes, or not there at all (steal), since the system started, in
 * milliseconds. Interrupts are left out: those of the network belong to what is measured.
 */
export function busyOf(core: number): number {
  const stat = readFileSync('/proc/stat', 'utf8')
  const line = stat.split('\n').find((each) => each.startsWith(`cpu${core} `)) ?? ''
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.split(/\s+/).slice(1).map(Number)
  return (user + nice + system + steal) * tickMs
}

/** The share of a core that others used while `run` went on, and what it came to. */
export async function watchCore<T>(
  core: number,
  pids: readonly number[],
  run: () => Promise<T>,
): Promise<{ result: T; cpuMs: number; elapsedMs: number; disturbance: number }> {
  const cpu = () => pids.reduce((total, pid) => total + cpuOf(pid), 0)
  const before = { cpu: cpu(), busy: busyOf(core), at: performance.now() }
  const result = await run()
  const cpuMs = cpu() - before.cpu
  const elapsedMs = performance.now() - before.at
  const othersMs = Math.max(busyOf(core) - before.busy - cpuMs, 0)
  return { result, cpuMs, elapsedMs, disturbance: othersMs / elapsedMs }
}
