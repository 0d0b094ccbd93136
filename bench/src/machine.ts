import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly node: string
  readonly wrk: string
  /** Over the minute before: what others were doing. */
  readonly loadAverage: number
  /** Descriptors that a process may have: two for each idle connection, on either side one. */
  readonly descriptors: number
}

/** @throws where the machine lacks what measuring needs, with what to do */
export function describeMachine(): Machine {
  const processors = cpus()
  if (process.platform !== 'linux') throw new Error('the bench reads /proc, which is on Linux only')
  if (processors.length < 2) throw new Error('the bench needs two cores: one serves, one loads')
  need('taskset', '--version', 'util-linux')
  return {
    processor: processors[0]!.model.trim(),
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    wrk: /wrk \S+/.exec(need('wrk', '--version', 'wrk'))?.[0] ?? 'wrk',
    loadAverage: loadavg()[0]!,
    descriptors: Number(
      /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
    ),
  }
}

function need(program: string, flag: string, debian: string): string {
  try {
    // wrk says its version and exits with 1.
    return execFileSync(
      'sh',
      ['-c', 'command -v "$0" >/dev/null && { "$0" "$1" 2>&1 || true; }', program, flag],
      {
        encoding: 'utf8',
      },
    )
  } catch {
    throw new Error(`the bench needs ${program}: apt-get install ${debian}`)
  }
}
