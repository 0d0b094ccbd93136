import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { vi } from 'vitest'

// Each of these tests starts up to eight processes: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

export const bin: string = path.resolve(import.meta.dirname, '../../bin/mooring.js')

/** One event of `mooring dev`, as it is on stdout. */
export interface SeenEvent {
  readonly event: string
  readonly side?: string
  readonly [field: string]: unknown
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running `mooring dev`. */
export interface Dev {
  readonly pid: number
  readonly events: readonly SeenEvent[]
  /** Resolves with the first event after `next` was called last that fits, of any of the names. */
  readonly next: (event: string | readonly string[], side?: string) => Promise<SeenEvent>
  /** What came so far is of no interest to `next` any more. */
  readonly forget: () => void
  /** The URL of a side, once it is ready. */
  readonly url: (side: string) => string
  readonly stderr: () => string
  /** Goes away, as the other end of a pipe. */
  readonly stopReading: () => void
  readonly exited: Promise<Exit>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Ends it, whatever state it is in. */
  readonly end: () => Promise<void>
}

const both: readonly string[] = ['dev', 'node', 'edge', '--with', 'preview=preview']

/**
 * Starts the command in a folder, with ports of its own choice unless told otherwise.
 *
 * @param through what runs the command with its arguments in its own place
 */
export function startDev(
  cwd: string,
  args: readonly string[] = both,
  env: NodeJS.ProcessEnv = { PORT: '0', EDGE_PORT: '0' },
  through: readonly string[] = [],
): Dev {
  const { NODE_ENV: _, ...inherited } = process.env
  const [command = '', ...rest] = [...through, process.execPath, bin, ...args]
  const child = spawn(command, rest, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const events: SeenEvent[] = []
  const waiting = new Set<() => void>()
  let stderr = ''
  let consumed = 0
  let hasEnded = false

  const wake = () => waiting.forEach((check) => check())
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as SeenEvent)
    wake()
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      hasEnded = true
      resolve({ code, signal })
      wake()
    })
  })

  return {
    pid: child.pid!,
    events,
    next: (event, side) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const at = events.findIndex(
            (seen, index) =>
              index >= consumed &&
              [event].flat().includes(seen.event) &&
              (side === undefined || seen.side === side),
          )
          if (at >= 0) {
            consumed = at + 1
            waiting.delete(check)
            resolve(events[at]!)
          } else if (hasEnded) {
            waiting.delete(check)
            reject(new Error(`ended before ${String(event)}: ${JSON.stringify(events)} ${stderr}`))
          }
        }
        waiting.add(check)
        check()
      }),
    forget() {
      consumed = events.length
    },
    url(side) {
      const ready = events.find(({ event }) => event === 'ready')
      const endpoints = ready?.['endpoints'] as { side: string; url: string }[]
      return endpoints.find((endpoint) => endpoint.side === side)!.url
    },
    stderr: () => stderr,
    stopReading: () => child.stdout.destroy(),
    exited,
    signal: (signal) => void child.kill(signal),
    async end() {
      if (hasEnded) return
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Reads a page as text. */
export async function get(url: string, init?: RequestInit): Promise<string> {
  return (await fetch(url, init)).text()
}
