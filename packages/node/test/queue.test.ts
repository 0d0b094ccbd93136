import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'
import {
  type Environment,
  killAll,
  launch,
  type Program,
  type Server,
  startServer,
} from './process.ts'

afterAll(killAll)

/** The keys that a process has begun, or handled, in order. */
const keysOf = (program: Program, message: 'began' | 'handled') =>
  program.events().flatMap((event) => (event['message'] === message ? [event['key']] : []))

const inMemory = { NODE_ENV: 'test', CASES_URL: 'memory:', WORK_URL: 'memory:' }

describe('queues in memory', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('queues.ts', inMemory)
  })

  queueSuite(() => server.url)

  test('the end finishes what is in hand, and says what is lost', async () => {
    const work = Array.from({ length: 6 }, (_, index) => ({ key: `${index}`, sleepMs: 1_000 }))
    await sendWork(server.url, ...work)
    await expect.poll(() => keysOf(server, 'began').length).toBe(4)
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(keysOf(server, 'handled').toSorted()).toEqual(['0', '1', '2', '3'])
    const lost = await server.event('queue work: messages are lost with the process')
    expect(lost).toMatchObject({ level: 'warn', messages: 2 })
  })
})

describe.runIf(hasRedis())('queues in Redis', () => {
  let redis: RedisServer
  let env: Environment
  let servers: Server[]
  beforeAll(async () => {
    redis = await startRedis()
    const url = `redis://127.0.0.1:${redis.port}`
    env = { CASES_URL: url, WORK_URL: url, QUEUE_LEASE: '1s' }
    servers = [await startServer('queues.ts', env)]
  })
  afterAll(() => redis.remove())

  const dead = async () => (await redis.command('XRANGE', `${work}:dead`, '-', '+')).split('\n')
  const work = 'mooring:{queues:work}:queue'

  queueSuite(() => servers[0]!.url)

  test('each message goes to one of the processes', async () => {
    servers.push(await startServer('queues.ts', env))
    const keys = Array.from({ length: 40 }, (_, index) => `shared-${index}`)
    await sendWork(servers[0]!.url, ...keys.map((key) => ({ key, sleepMs: 50 })))
    const handled = () => servers.map((server) => keysOf(server, 'handled'))
    await expect.poll(() => handled().flat().length).toBe(40)
    expect(handled().flat().toSorted()).toEqual(keys.toSorted())
    expect(handled().filter((its) => its.length > 0)).toHaveLength(2)
    // Nothing of what is done is kept.
    await expect.poll(() => redis.command('XLEN', work)).toBe('0')
  })

  test('who takes longer than its lease keeps what it has', async () => {
    await sendWork(servers[0]!.url, { key: 'long', sleepMs: 4_000 })
    const count = (message: 'began' | 'handled') =>
      servers.flatMap((server) => keysOf(server, message)).filter((key) => key === 'long').length
    await expect.poll(() => count('handled')).toBe(1)
    expect(count('began')).toBe(1)
  })

  test('what a process had that was killed goes to another', async () => {
    const killed = await startServer('queues.ts', env)
    // Enough for all: whoever is killed has some of them.
    const keys = Array.from({ length: 12 }, (_, index) => `killed-${index}`)
    await sendWork(killed.url, ...keys.map((key) => ({ key, sleepMs: 1_500 })))
    await expect.poll(() => keysOf(killed, 'began').length).toBeGreaterThan(0)
    killed.child.kill('SIGKILL')
    const mine = keysOf(killed, 'began')
    const others = () => servers.flatMap((server) => keysOf(server, 'handled'))
    await expect.poll(() => keys.filter((key) => !others().includes(key))).toEqual([])
    const again = servers
      .flatMap((server) => server.events())
      .filter(({ message, key }) => message === 'handled' && mine.includes(key))
    expect(again.map(({ attempt }) => attempt)).toEqual(mine.map(() => 2))
  })

  test('what cannot be handled is a dead letter, with its reason', async () => {
    const killer = { id: 'killer', sentAtMs: 1, failures: 99, body: { key: 'killer' } }
    await redis.command('XADD', work, '*', 'message', JSON.stringify(killer))
    await redis.command('XADD', work, '*', 'message', 'no JSON')
    await sendWork(servers[0]!.url, { key: 'failing', failures: 9 })
    await expect.poll(async () => (await dead()).filter((line) => line === 'reason').length).toBe(3)
    const lines = await dead()
    expect(lines).toContain('it has had all its attempts, and none came to an end')
    expect(lines).toContain('Error: on purpose')
    expect(lines.join('\n')).toContain('"failures":2,"body":{"key":"failing","failures":9}')
    expect(lines.join('\n')).toContain('A message is not what the queue takes.')
  })

  test('dead letters are listed, and sent anew', async () => {
    const tend = async (asked: string) => {
      const program = launch('queues.ts', { ...env, MOORING_DEAD_LETTERS: asked })
      expect(await program.exited).toBe(0)
      return program.events()
    }
    const times = { sentAt: '1970-01-01T00:00:00.001Z', diedAt: expect.stringMatching(/^20/) }
    const killer = { id: 'killer', attempts: 100, message: { key: 'killer' }, ...times }
    expect(await tend('list work')).toContainEqual(expect.objectContaining(killer))
    expect(await tend('replay work')).toEqual([{ replayed: 3 }])
    const handled = () => servers.flatMap((server) => keysOf(server, 'handled'))
    await expect.poll(handled).toContain('killer')
    await expect.poll(async () => (await tend('list work')).length).toBe(2)
  })

  test('SIGTERM: what is in hand is finished, and what takes too long is handed back at once', async () => {
    const leaving = await startServer('queues.ts', { ...env, SHUTDOWN_BUDGET: '4s' })
    const keys = Array.from({ length: 12 }, (_, index) => `leaving-${index}`)
    const lengths = [1_000, 8_000]
    await sendWork(
      leaving.url,
      ...keys.map((key, index) => ({ key, sleepMs: lengths[index % 2]! })),
    )
    await expect.poll(() => keysOf(leaving, 'began').length).toBe(4)
    leaving.child.kill('SIGTERM')
    const mine = keysOf(leaving, 'began')
    const code = await leaving.exited
    const finished = keysOf(leaving, 'handled')
    expect(keysOf(leaving, 'began')).toEqual(mine)
    const unfinished = mine.filter((key) => !finished.includes(key))
    expect(code).toBe(unfinished.length > 0 ? 3 : 0)
    const others = () => servers.flatMap((server) => keysOf(server, 'handled'))
    await expect.poll(() => unfinished.filter((key) => !others().includes(key))).toEqual([])
    for (const key of finished) expect(others()).not.toContain(key)
    const again = servers
      .flatMap((server) => server.events())
      .filter(({ message, key }) => message === 'handled' && unfinished.includes(key))
    expect(again.map(({ attempt }) => attempt)).toEqual(unfinished.map(() => 1))
  })

  test('it goes on when Redis comes back, and sending says which queue cannot be reached', async () => {
    const [server] = servers
    await sendWork(server!.url, { key: 'before', sleepMs: 1_000 })
    await expect.poll(() => servers.flatMap((each) => keysOf(each, 'began'))).toContain('before')
    await redis.signal('SIGKILL')
    const response = await sendWork(server!.url, { key: 'lost' })
    expect(await response.json()).toMatchObject({
      code: 'MOORING_E_QUEUE_UNREACHABLE',
      text: expect.stringContaining('The queue resource "work" (WORK_URL port-bound'),
    })
    await redis.start()
    await expect.poll(async () => (await sendWork(server!.url, { key: 'after' })).status).toBe(202)
    const handled = () => servers.flatMap((each) => keysOf(each, 'handled'))
    await expect.poll(handled).toContain('after')
    await expect.poll(handled).toContain('before')
    await expect.poll(() => redis.command('XLEN', work)).toBe('0')
    expect(handled()).not.toContain('lost')
  })

  test('it goes on when its data is gone', async () => {
    await redis.command('FLUSHALL')
    await sendWork(servers[0]!.url, { key: 'afresh' })
    const handled = () => servers.flatMap((server) => keysOf(server, 'handled'))
    await expect.poll(handled).toContain('afresh')
  })

  test('CONSUMERS=off sends, and leaves the handling to others', async () => {
    const sender = await startServer('queues.ts', { ...env, CONSUMERS: 'off' })
    await sendWork(sender.url, { key: 'elsewhere' })
    const handled = () => servers.flatMap((server) => keysOf(server, 'handled'))
    await expect.poll(handled).toContain('elsewhere')
    expect(keysOf(sender, 'began')).toEqual([])
    await Promise.all(
      [sender, ...servers].map(async ({ child, exited }) => {
        child.kill('SIGTERM')
        expect(await exited).toBe(0)
      }),
    )
    expect(await redis.command('XINFO', 'CONSUMERS', work, 'consumers')).toBe('')
  })
})

test.each([
  [
    { NODE_ENV: 'production', WORK_URL: undefined },
    ['WORK_URL (not set): The queue resource "work" (WORK_URL port-bound', 'CASES_URL ("memory:")'],
  ],
  [
    { CASES_URL: 'file:./queue', WORK_URL: 'redis://127.0.0.1:1' },
    ['has no driver for file:', 'cannot be reached at 127.0.0.1:1'],
  ],
  [{ WORK_URL: 'redis://127.0.0.1:1', QUEUE_LEASE: '10ms' }, ['QUEUE_LEASE is "10ms"']],
  [{ MOORING_DEAD_LETTERS: 'list mails' }, ['and the name of a queue (cases, work)']],
  [{ MOORING_DEAD_LETTERS: 'list work' }, ['keeps no dead letters at memory:']],
  [{ CONSUMERS: 'no' }, ['CONSUMERS is "no"']],
  [{ WEB_CONCURRENCY: '2' }, ['needs a queue that the 2 processes of WEB_CONCURRENCY share']],
])('refused at the start: %o', async (env, texts) => {
  const program = launch('queues.ts', { PORT: '0', ...inMemory, ...env })
  expect(await program.exited).toBe(78)
  for (const text of texts) expect(program.stderr()).toContain(text)
})
