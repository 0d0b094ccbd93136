import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { temporaryFolder } from './kv-attachment.ts'
import { freePort } from './kv-redis-server.ts'

/** A real HAProxy in front of a program under test. */
export interface HaProxy {
  /** Of the frontend, on 127.0.0.1. */
  readonly port: number
  readonly remove: () => Promise<void>
}

/** Whether there is one here. CI has one; elsewhere its tests are left out with a warning. */
export function hasHaProxy(): boolean {
  const found = spawnSync('haproxy', ['-v']).error === undefined
  if (!found && process.env['CI']) throw new Error('haproxy is not installed')
  if (!found) console.warn('haproxy is not installed: THE PROXY PROTOCOL IS TESTED WITHOUT ONE')
  return found
}

/**
 * Starts one that hands every connection on.
 *
 * @param server where to, and how: `127.0.0.1:8080 send-proxy`
 */
export async function startHaProxy(server: string): Promise<HaProxy> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const file = join(folder.path, 'haproxy.cfg')
  await writeFile(
    file,
    `
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server app ${server}
`,
  )
  const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (errors += text))
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`haproxy did not start:\n${errors}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    port,
    async remove() {
      await end(child)
      await folder.remove()
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
