import { isAlive, pidsMarked } from './proc.ts'

// Nothing that was started may outlive the run: not when a check throws, not when the run itself is
// interrupted. What left its process group is found by the marker in its environment.

const started = new Map<number, string>()

/** Remembers a process group and the marker that its processes carry in their environment. */
export function remember(pid: number, marker: string): void {
  started.set(pid, marker)
}

/** Kills one group and whatever carries its marker. */
export function reap(pid: number): void {
  const marker = started.get(pid)
  if (marker === undefined) return
  kill(-pid)
  // A process can fork between being listed and being killed.
  for (let round = 0; round < 5; round++) {
    const left = pidsMarked(marker)
    if (left.length === 0) break
    for (const each of left) kill(each)
  }
  started.delete(pid)
}

/** The processes of a group that have not ended, except for `pid` itself. */
export function survivorsOf(pid: number, alsoLookAt: readonly number[]): number[] {
  const marker = started.get(pid)
  const marked = marker === undefined ? [] : pidsMarked(marker)
  return [...new Set([...marked, ...alsoLookAt.filter(isAlive)])].filter((each) => each !== pid)
}

function reapAll(): void {
  for (const pid of started.keys()) reap(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}

let isGuarded = false

/** From here on nothing outlives this process, however it ends, short of SIGKILL. */
export function guard(cleanUp: () => void): void {
  if (isGuarded) return
  isGuarded = true
  process.once('exit', () => {
    reapAll()
    cleanUp()
  })
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
    ['SIGQUIT', 3],
  ] as const) {
    process.once(signal, () => process.exit(128 + number))
  }
}
