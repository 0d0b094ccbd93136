import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect } from 'vitest'
import {
  type Environment,
  killAll,
  launch,
  rawConnect,
  type RawConnection,
  type Server,
} from './process.ts'

/** A folder of its own for every test of the file that imports this; gone after it. */
export let folder: string = mkdtempSync(path.join(tmpdir(), 'workers-'))
afterEach(async () => {
  await killAll()
  rmSync(folder, { recursive: true })
  folder = mkdtempSync(path.join(tmpdir(), 'workers-'))
})

export interface Parent extends Server {
  /** The process ids of its children that live, by /proc: also of those that it does not count. */
  readonly children: () => readonly number[]
}

/** Starts a fixture with two workers, and waits until both are ready. */
export async function startParent(
  fixture: string,
  env: Environment = {},
  group = false,
): Promise<Parent> {
  const store = `file:${path.join(folder, 'store.sqlite')}`
  const all = { PORT: '0', STORE_URL: store, WEB_CONCURRENCY: '2', ...env }
  const program = launch(fixture, all, undefined, group)
  const { port } = await program.event('listening')
  return {
    ...program,
    port: port as number,
    url: `http://127.0.0.1:${port}`,
    children: () => childrenOf(program.child.pid!).filter(isAlive),
  }
}

const askPid = 'GET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function connectToAny(parent: Parent): Promise<RawConnection & { pid: number }> {
  const connection = await rawConnect(parent.port, askPid)
  await expect.poll(connection.received).toMatch(/\r\n\r\n\d+$/)
  return { ...connection, pid: Number(/\r\n\r\n(\d+)$/.exec(connection.received())![1]) }
}

/** A connection to a worker that is wanted. */
export async function connectTo(
  parent: Parent,
  isWanted: (pid: number) => boolean,
): Promise<RawConnection & { pid: number }> {
  for (;;) {
    const connection = await connectToAny(parent)
    if (isWanted(connection.pid)) return connection
    connection.socket.destroy()
  }
}

/** proc(5): the children of the first thread, which is the one that starts them. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
