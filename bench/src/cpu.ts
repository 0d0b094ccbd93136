import { readFileSync } from 'node:fs'

/** proc(5) counts in hundredths of a second on every Linux that Node runs on (USER_HZ). */
const tickMs = 10

/** CPU time that a process has used so far, all of its threads, in milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The command's name is in brackets and may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
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
