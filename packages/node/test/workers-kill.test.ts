import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startLoad } from './load.ts'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { launch, rawConnect } from './process.ts'
import { connectTo, folder, isAlive, startParent } from './workers.ts'

const get = (target: string) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

test('a worker that is killed under load is replaced, and costs only what it was answering', async () => {
  const parent = await startParent('breakable.ts', { VERSION_FILE: versionFile('1') })
  const load = startLoad(parent.port, 4)
  const kills = 5
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = load.right()
    await expect.poll(load.right, { timeout: 30_000 }).toBeGreaterThan(before + 50)
    const [victim] = parent.children()
    process.kill(victim!, 'SIGKILL')
    await expect.poll(() => isAlive(victim!)).toBe(false)
    await expect.poll(() => parent.children().length, { timeout: 30_000 }).toBe(2)
  }
  const { right, wrong } = await load.stop()
  expect(right).toBeGreaterThan(kills * 50)
  // Eight clients with one request each: none may be refused, and none may wait in vain.
  expect(wrong.length).toBeLessThanOrEqual(kills * 8)
  for (const outcome of wrong) expect(outcome).toMatch(/ECONNRESET|socket hang up|aborted/)
  const lost = parent.events().filter(({ message }) => message === 'a worker is lost')
  expect(lost.map(({ signal }) => signal)).toEqual(Array.from({ length: kills }, () => 'SIGKILL'))
})

test('what waits in the queue survives the death of every worker', async () => {
  const parent = await startParent('app.ts')
  const children = parent.children()
  // Stopped, they accept nothing: what comes waits in the kernel.
  for (const pid of children) process.kill(pid, 'SIGSTOP')
  const queued = await Promise.all(
    Array.from({ length: 60 }, () => rawConnect(parent.port, get('/'))),
  )
  for (const pid of children) process.kill(pid, 'SIGKILL')
  const answers = await Promise.all(queued.map(({ closed }) => closed))
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(60)
})

test('a worker whose event loop is blocked is killed; one that is busy is not', async () => {
  const parent = await startParent('app.ts', { WORKER_TIMEOUT: '2s' })
  const short = await rawConnect(parent.port, get('/block/500'))
  expect(await short.closed).toMatch(/blocked$/)
  const long = await rawConnect(parent.port, get('/block/60000'))
  expect(await long.closed).toBe('')
  expect(await parent.event('a worker is killed')).toMatchObject({
    why: 'its event loop is blocked',
    forMs: 2_000,
  })
  expect((await fetch(parent.url)).status).toBe(200)
})

test('a worker that crashes finishes what it can, while its successor starts; the rest is counted', async () => {
  const parent = await startParent('app.ts', {
    ADMIN_PORT: '0',
    SHUTDOWN_BUDGET: '6s',
    UNCAUGHT_EXCEPTION: 'exit',
  })
  const slow = await connectTo(parent, () => true)
  const stuck = await connectTo(parent, (pid) => pid === slow.pid)
  const crash = await connectTo(parent, (pid) => pid === slow.pid)
  slow.socket.write(get('/slow/3000'))
  stuck.socket.write(get('/stuck'))
  crash.socket.write(get('/crash'))
  expect(await parent.event('a worker is lost')).toMatchObject({ leaving: true })
  await expect.poll(() => parent.children().length, { timeout: 30_000 }).toBe(3)
  expect(await slow.closed).toMatch(/slow$/)
  await stuck.closed
  await expect.poll(() => isAlive(slow.pid), { timeout: 30_000 }).toBe(false)
  expect(parent.children()).toHaveLength(2)
  const url = await adminUrl(parent)
  const forced = async () => valueOf(await readMetrics(url), 'mooring_forced_requests_total')
  await expect.poll(forced).toBe(1)
})

test('when no worker stays up the parent says so and exits with their code', async () => {
  const file = versionFile('1')
  const parent = await startParent('breakable.ts', { VERSION_FILE: file })
  writeFileSync(file, 'throws')
  for (const pid of parent.children()) process.kill(pid, 'SIGKILL')
  expect(await parent.exited).toBe(1)
  const pauses = parent
    .events()
    .filter(({ message, worker }) => message === 'a worker is lost' && worker === 1)
    .map(({ nextInMs }) => nextInMs as number | undefined)
    .filter((pause) => pause !== undefined)
  expect(pauses.slice(0, 5)).toEqual([0, 100, 200, 400, 800])
  expect(await parent.event('no worker stays up')).toMatchObject({ exitCode: 1 })
})

test('a worker that is never ready is killed at its deadline', async () => {
  const env = { PORT: '0', WEB_CONCURRENCY: '2', WORKER_BOOT_TIMEOUT: '1s' }
  const program = launch('breakable.ts', { ...env, VERSION_FILE: versionFile('hangs') })
  expect(await program.exited).toBe(1)
  expect(await program.event('a worker is killed')).toMatchObject({ why: 'it is not ready' })
})

test('SIGTERM to one worker replaces it: its successor is ready first', async () => {
  const parent = await startParent('breakable.ts', { VERSION_FILE: versionFile('1') })
  const load = startLoad(parent.port, 4)
  const [first] = parent.children()
  process.kill(first!, 'SIGTERM')
  await parent.event('a worker is replaced')
  await expect.poll(() => isAlive(first!), { timeout: 30_000 }).toBe(false)
  await expect.poll(() => parent.children().length).toBe(2)
  expect(await load.stop()).toMatchObject({ wrong: [] })
})

function versionFile(version: string): string {
  const file = path.join(folder, 'version')
  writeFileSync(file, version)
  return file
}
