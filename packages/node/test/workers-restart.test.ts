import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { startLoad } from './load.ts'
import { rawConnect } from './process.ts'
import { connectTo, folder, type Parent, startParent } from './workers.ts'

let file: string
beforeEach(() => {
  file = path.join(folder, 'version')
  writeFileSync(file, '1')
})

const start = (env = {}) => startParent('breakable.ts', { VERSION_FILE: file, ...env })

/** What many connections see. */
async function versions({ url }: Parent): Promise<string[]> {
  const answers = Array.from({ length: 16 }, async () => {
    const answer = await fetch(`${url}/version`, { headers: { connection: 'close' } })
    return answer.text()
  })
  return [...new Set(await Promise.all(answers))].toSorted()
}

const count = (parent: Parent, message: string) =>
  parent.events().filter((event) => event['message'] === message).length

test('SIGHUP brings what is on disk, worker by worker, and loses nothing under load', async () => {
  const parent = await start()
  const before = parent.children()
  const load = startLoad(parent.port, 4)
  for (let round = 2; round <= 4; round += 1) {
    writeFileSync(file, String(round))
    parent.child.kill('SIGHUP')
    await expect.poll(() => count(parent, 'restarted'), { timeout: 60_000 }).toBe(round - 1)
    expect(await versions(parent)).toEqual([String(round)])
  }
  const { right, wrong } = await load.stop()
  expect(wrong).toEqual([])
  expect(right).toBeGreaterThan(100)
  const after = parent.children()
  expect(after).toHaveLength(2)
  expect(after.filter((pid) => before.includes(pid))).toEqual([])
  parent.child.kill('SIGTERM')
  expect(await parent.exited).toBe(0)
})

test.each([
  ['throws', {}, { exitCode: 1 }],
  ['hangs', { WORKER_BOOT_TIMEOUT: '15s' }, { signal: 'SIGKILL' }],
])('a version that %s is rolled back: the workers stay', async (version, env, how) => {
  const parent = await start(env)
  const before = parent.children()
  const load = startLoad(parent.port, 2)
  writeFileSync(file, version)
  parent.child.kill('SIGHUP')
  const failed = await parent.event('not restarted: the workers stay')
  expect(failed).toMatchObject({ level: 'error', worker: 1, replaced: 0, ...how })
  expect(parent.children().toSorted()).toEqual(before.toSorted())
  expect(await versions(parent)).toEqual(['1'])
  expect(await load.stop()).toMatchObject({ wrong: [] })

  writeFileSync(file, '3')
  parent.child.kill('SIGHUP')
  await parent.event('restarted')
  expect(await versions(parent)).toEqual(['3'])
})

test('a worker that makes room finishes a request that takes longer than the next one', async () => {
  const parent = await start()
  const slow = await rawConnect(
    parent.port,
    'GET /slow/3000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  writeFileSync(file, '2')
  parent.child.kill('SIGHUP')
  await parent.event('restarting')
  expect(await slow.closed).toMatch(/\r\n\r\n1$/)
  await parent.event('restarted')
})

test('an idle connection of a worker that makes room has its next request answered', async () => {
  const parent = await startParent('app.ts')
  const one = await connectTo(parent, () => true)
  const other = await connectTo(parent, (pid) => pid !== one.pid)
  parent.child.kill('SIGHUP')
  expect(await parent.event('draining')).toMatchObject({ reason: 'a restart' })
  // Past the moment at which it would end what is idle, had it no successor.
  await new Promise((resolve) => setTimeout(resolve, 400))
  const answers = [one, other].map(async ({ socket, received }) => {
    const before = received().length
    socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => received().slice(before)).toMatch(/}$/)
    return received().slice(before)
  })
  const texts = await Promise.all(answers)
  expect(texts.filter((text) => text.includes('Connection: close')).length).toBeGreaterThan(0)
  // The address is as ready as before, whoever answers for it.
  for (const text of texts) expect(text).toMatch(/^HTTP\/1\.1 200 [^]*"phase":"serving"/)
  await parent.event('restarted')
})

test('SIGTERM during a restart ends everything', async () => {
  const parent = await start()
  writeFileSync(file, 'hangs')
  parent.child.kill('SIGHUP')
  await expect.poll(() => parent.children().length, { timeout: 30_000 }).toBe(3)
  parent.child.kill('SIGTERM')
  expect(await parent.exited).toBe(0)
})
