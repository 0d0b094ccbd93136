import { type ChildProcess, spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { killGroup } from './kill-group.ts'
import { isAlive, pidsMarked } from './proc.ts'

// Nothing that was started may outlive the run: not when a check throws, not when the run itself is
// interrupted or killed. What left its process group is found by the marker in its environment.

const started = new Map<number, string>()

/** Remembers a process group and the marker that its processes carry in their environment. */
export function remember(pid: number, marker: string): void {
  started.set(pid, marker)
  tellWatcher()
}

/** Kills one group and whatever carries its marker. */
export function reap(pid: number): void {
  const marker = started.get(pid)
  if (marker === undefined) return
  killGroup(pid, marker)
  started.delete(pid)
  tellWatcher()
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

let watcher: ChildProcess | undefined

/** In a session of its own, so that what ends the run by its terminal or its group does not end it. */
function startWatcher(): ChildProcess {
  const file = new URL(`watcher${extname(import.meta.url)}`, import.meta.url)
  const child = spawn(process.execPath, [fileURLToPath(file)], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Where there is no room for another process, the run goes on without.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  return child
}

function tellWatcher(): void {
  watcher?.stdin?.write(`${JSON.stringify([...started])}\n`)
}

/** From here on nothing outlives this process, however it ends. */
export function guard(cleanUp: () => void): void {
  if (watcher) return
  watcher = startWatcher()
  process.once('exit', () => {
    reapAll()
    cleanUp()
    watcher?.kill('SIGKILL')
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
