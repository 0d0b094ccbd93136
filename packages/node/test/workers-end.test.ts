import { once } from 'node:events'
import { expect, test } from 'vitest'
import { type Program, rawConnect } from './process.ts'
import { connectTo, isAlive, type Parent, startParent } from './workers.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`

/** Keeps each worker busy with a request; the answers are their whole connections. */
async function keepBusy(parent: Parent, path: string): Promise<readonly Promise<string>[]> {
  const one = await connectTo(parent, () => true)
  const other = await connectTo(parent, (pid) => pid !== one.pid)
  return [one, other].map(({ socket, closed }) => {
    socket.write(get(path))
    return closed
  })
}

const eventsOf = (program: Program, message: string) =>
  program.events().filter((event) => event['message'] === message)

test('SIGTERM: each worker finishes what it has in flight, none is left, and it exits 0', async () => {
  const parent = await startParent('app.ts')
  const children = parent.children()
  const answers = await keepBusy(parent, '/slow/500')
  parent.child.kill('SIGTERM')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/slow$/)
  expect(await parent.exited).toBe(0)
  expect(children.filter(isAlive)).toEqual([])
  expect(
    eventsOf(parent, 'drained')
      .map(({ worker }) => worker ?? 'parent')
      .toSorted(),
  ).toEqual([1, 2, 'parent'])
})

test('SIGTERM while all are blocked loses none of the connections that queued up', async () => {
  const parent = await startParent('app.ts')
  const blocked = await keepBusy(parent, '/block/1500')
  await new Promise((resolve) => setTimeout(resolve, 300))
  const queued = await Promise.all(
    Array.from({ length: 60 }, () => rawConnect(parent.port, get('/'))),
  )
  parent.child.kill('SIGTERM')
  const answers = await Promise.all(queued.map(({ closed }) => closed))
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(60)
  for (const answer of await Promise.all(blocked)) expect(answer).toMatch(/blocked$/)
  expect(await parent.exited).toBe(0)
})

test('a deadline that one worker cannot keep is the exit code of all', async () => {
  const parent = await startParent('app.ts', { SHUTDOWN_BUDGET: '2s' })
  const stuck = await rawConnect(parent.port, get('/stuck'))
  await new Promise((resolve) => setTimeout(resolve, 200))
  parent.child.kill('SIGTERM')
  expect(await stuck.closed).toBe('')
  expect(await parent.exited).toBe(3)
  expect(eventsOf(parent, 'a request was cut off')).toMatchObject([{ path: '/stuck' }])
})

test('a worker that is blocked until the end is killed, and none is left', async () => {
  const parent = await startParent('app.ts', { SHUTDOWN_BUDGET: '2s' })
  const children = parent.children()
  await rawConnect(parent.port, get('/block/60000'))
  await new Promise((resolve) => setTimeout(resolve, 300))
  parent.child.kill('SIGTERM')
  expect(await parent.exited).toBe(3)
  expect(children.filter(isAlive)).toEqual([])
})

test('Ctrl-C reaches the whole group, and is one interrupt', async () => {
  const parent = await startParent('app.ts', {}, true)
  const answers = await keepBusy(parent, '/slow/1000')
  process.kill(-parent.child.pid!, 'SIGINT')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/slow$/)
  expect(await parent.exited).toBe(0)
  expect(await parent.event('draining')).toMatchObject({ reason: 'SIGINT' })
})

test('a second Ctrl-C cuts off every worker, and it exits 2', async () => {
  const parent = await startParent('app.ts', {}, true)
  const children = parent.children()
  await keepBusy(parent, '/stuck')
  process.kill(-parent.child.pid!, 'SIGINT')
  await parent.event('draining')
  await new Promise((resolve) => setTimeout(resolve, 700))
  process.kill(-parent.child.pid!, 'SIGINT')
  expect(await parent.exited).toBe(2)
  expect(eventsOf(parent, 'a request was cut off')).toHaveLength(2)
  expect(children.filter(isAlive)).toEqual([])
})

test('SIGTERM for a whole group is one end, as a service manager sends it', async () => {
  const parent = await startParent('app.ts', {}, true)
  const answers = await keepBusy(parent, '/slow/1000')
  process.kill(-parent.child.pid!, 'SIGTERM')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/slow$/)
  expect(await parent.exited).toBe(0)
  expect(eventsOf(parent, 'a worker is replaced')).toEqual([])
})

test('a parent that is killed leaves no orphan: the workers finish and end', async () => {
  const parent = await startParent('app.ts')
  const children = parent.children()
  const answers = await keepBusy(parent, '/slow/1000')
  parent.child.kill('SIGKILL')
  await once(parent.child, 'exit')
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/slow$/)
  await expect.poll(() => children.filter(isAlive), { timeout: 30_000 }).toEqual([])
  await expect(fetch(parent.url)).rejects.toThrow()
})
