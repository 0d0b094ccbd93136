import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Target } from '../load/client.ts'
import { until } from '../wait.ts'

/** What a router is to do. */
export interface RouterOptions {
  /** Where the servers listen, each on 127.0.0.1. */
  readonly servers: readonly number[]
  readonly target: Target
  /** How often each server's `/readyz` is asked; `undefined` where that is never. */
  readonly checkEveryMs: number | undefined
  /** Whether a connection to a server is kept for further requests. */
  readonly keepsConnections: boolean
  /** Whether HTTP/2 over TLS is spoken to the servers. */
  readonly isHttp2: boolean
  /** For its files; gone afterwards. */
  readonly folder: string
  readonly certificate: { readonly key: string; readonly certificate: string }
}

export interface Router {
  readonly stop: () => Promise<void>
}

/** A program in front of the servers. Nothing in its configuration may try a request again. */
export interface RouterKind {
  readonly name: string
  /** The command that prints its version. */
  readonly version: readonly [command: string, ...args: string[]]
  readonly start: (options: RouterOptions) => Promise<Router>
}

/** Starts a router's program, and waits until it listens. */
export async function runRouter(
  command: string,
  args: readonly string[],
  { port, host }: Target,
  env: NodeJS.ProcessEnv = {},
): Promise<Router & { readonly child: ChildProcess }> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  }
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await exited
  }
  try {
    await until(`${command} listens`, () => {
      if (child.exitCode !== null) throw new Error(`${command} ended:\n${output}`)
      return isListening(port, host)
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { stop, child }
}

function isListening(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
