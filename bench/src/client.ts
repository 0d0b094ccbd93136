import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { benchFolder } from './build.ts'
import { end, loadCore, type Server } from './server.ts'

/** A program of `clients/` on the core of the load. */
export interface Client {
  readonly pid: number
  /** What it has counted so far. */
  readonly count: () => Promise<number>
  readonly stop: () => Promise<void>
}

const readyMs = 60_000

/** Starts a client, and waits until all of its connections are there. */
export async function startClient(
  name: 'events' | 'web-sockets' | 'idle',
  server: Server,
  connections: number,
): Promise<Client> {
  const file = path.join(benchFolder, 'src/clients', `${name}.ts`)
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', file]
  const args = ['-c', loadCore, ...node, server.port, connections].map(String)
  const child = spawn('taskset', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${server.name}: the ${name} client has lost a connection`)
  })
  // Also when nobody waits for it any more.
  failed.catch(() => {})
  const answer = async () => {
    const [message] = await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(readyMs) }),
      failed,
    ])
    return message
  }
  try {
    await answer()
  } catch (error) {
    await end(child)
    throw error
  }
  return {
    pid: child.pid!,
    async count() {
      const counted = answer()
      child.send('count')
      return Number(await counted)
    },
    stop: () => end(child),
  }
}
