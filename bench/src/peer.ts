import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Workload } from './workloads.ts'

/** One server under measurement, by itself on core 0. */
export interface Peer {
  readonly name: string
  readonly pid: number
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The core for the server; the load has the next. */
export const serverCore = 0

const startMs = 10_000

/** Starts a server of `servers/` and waits until it answers rightly. */
export async function startPeer(name: string, workloads: readonly Workload[]): Promise<Peer> {
  const port = await freePort()
  const file = path.resolve(import.meta.dirname, '../servers', `${name}.ts`)
  const args = ['-c', String(serverCore), process.execPath, '--disable-warning=ExperimentalWarning']
  const child = spawn('taskset', [...args, file], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const stop = () => end(child)
  try {
    await untilItAnswers(url, child)
    for (const workload of workloads) await check(name, url, workload)
  } catch (error) {
    await stop()
    throw error
  }
  return { name, pid: child.pid!, url, stop }
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  const giveUpAtMs = performance.now() + startMs
  for (;;) {
    const answered = await fetch(url).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    )
    if (answered) return
    if (child.exitCode !== null || performance.now() > giveUpAtMs) {
      throw new Error(`${child.spawnargs.at(-1)} does not answer at ${url}`)
    }
    await delay(20)
  }
}

/** A server that answers something else is not doing the same work. */
async function check(name: string, url: string, workload: Workload): Promise<void> {
  const { method, path: at, body, answer } = workload
  const headers = { 'Content-Type': 'application/json' }
  const got = await fetch(url + at, { method, ...(body !== undefined && { body, headers }) })
  const text = await got.text()
  if (got.status !== 200 || text !== answer) {
    throw new Error(`${name} answers ${method} ${at} with ${got.status} ${JSON.stringify(text)}`)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
