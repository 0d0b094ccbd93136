import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** How much of a process's output is kept to explain a failure, in characters. */
const keptCharacters = 64 * 1024

/** The end of what was written, for when it is needed. */
export interface Tail {
  readonly push: (line: string) => void
  readonly text: () => string
  readonly clear: () => void
}

export function createTail(): Tail {
  let kept = ''
  return {
    push: (line) => {
      kept = `${kept}${line}\n`.slice(-keptCharacters)
    },
    text: () => kept.trimEnd(),
    clear: () => void (kept = ''),
  }
}

/** Calls back for every line, until the stream ends. */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine)
}

/**
 * Resolves when the process has ended and all that it wrote was read. What it started itself, and
 * left behind in its process group, is ended then.
 */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: null, signal: null }))
    child.on('exit', () => killGroup(child))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

/** Asks the process to end, and ends its whole group when it takes longer than it may. */
export async function stopChild(
  child: ChildProcess,
  exited: Promise<Exit>,
  graceMs: number,
): Promise<void> {
  const timer = setTimeout(() => killGroup(child), graceMs)
  child.kill('SIGTERM')
  await exited
  clearTimeout(timer)
}

/** SIGKILL to the process and all that it started; a child of ours leads its own group. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** How a process ended, in words. */
export function describeExit({ code, signal }: Exit): string {
  return signal ? `ended by ${signal}` : `exited with status ${code}`
}
