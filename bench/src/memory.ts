import { readFileSync } from 'node:fs'

/** What a process holds in memory, in bytes: now, and at the most so far. */
export function memoryOf(pid: number): { residentBytes: number; peakBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  return { residentBytes: read('VmRSS'), peakBytes: read('VmHWM') }
}
