import { pidsMarked } from './proc.ts'

/** Kills a process group, and whatever has left it and carries its marker in its environment. */
export function killGroup(pid: number, marker: string): void {
  kill(-pid)
  // A process can fork between being listed and being killed.
  for (let round = 0; round < 5; round++) {
    const left = pidsMarked(marker)
    if (left.length === 0) break
    for (const each of left) kill(each)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}
