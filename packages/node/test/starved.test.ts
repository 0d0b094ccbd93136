import { afterEach, expect, test } from 'vitest'
import { killAll, rawConnect, startServer } from './process.ts'

afterEach(killAll)

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

/** Lets a process run a little and then not at all, by turns, as where others have the CPU. */
async function starve(pid: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    process.kill(pid, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 120))
    if (isOver()) break
    process.kill(pid, 'SIGCONT')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

test('a process that hardly gets the CPU accepts all that is queued before it closes', async () => {
  const server = await startServer('app.ts', { SHUTDOWN_BUDGET: '60s' })
  const blocked = await rawConnect(server.port, get('/block/1000'))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const queued = await Promise.all(
    Array.from({ length: 200 }, () => rawConnect(server.port, get('/'))),
  )
  server.child.kill('SIGTERM')
  const answers = Promise.all(queued.map(({ closed }) => closed))
  await blocked.closed
  let isOver = false
  const starving = starve(server.child.pid!, () => isOver)
  const right = (await answers).filter((answer) => answer.startsWith('HTTP/1.1 200'))
  isOver = true
  await starving
  server.child.kill('SIGCONT')
  expect(right).toHaveLength(200)
  expect(await server.exited).toBe(0)
})
