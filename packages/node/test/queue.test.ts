import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'
import { temporaryFolder } from './kv-attachment.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'
import { adminUrl, readMetrics } from './metrics.ts'
import { killAll, launch, type Server, startServer } from './process.ts'
import { keysOf, sharedQueueSuite } from './queue-processes.ts'

afterAll(killAll)

const inMemory = { NODE_ENV: 'test', CASES_URL: 'memory:', WORK_URL: 'memory:' }

describe('queues in memory', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('queues.ts', { ...inMemory, ADMIN_PORT: '0' })
  })

  queueSuite(() => server.url)

  test('what became of messages is counted', async () => {
    await sendWork(server.url, { key: 'done' }, { key: 'failing', failures: 9 })
    const admin = await adminUrl(server)
    const counts = async () =>
      [
        ...(await readMetrics(admin)).matchAll(
          /^mooring_queue_messages_total(\{.*"work".*\}) (\d+)$/gm,
        ),
      ]
        .map(([, labels, count]) => `${/outcome="(\w+)"/.exec(labels!)![1]} ${count}`)
        .toSorted()
    await expect.poll(counts).toEqual(['dead 1', 'done 1', 'release 0', 'retry 1'])
  })

  test('the end finishes what is in hand, and says what is lost', async () => {
    const work = Array.from({ length: 6 }, (_, index) => ({ key: `${index}`, sleepMs: 1_000 }))
    await sendWork(server.url, ...work)
    await expect.poll(() => keysOf(server, 'began')).toContain('3')
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(keysOf(server, 'handled').toSorted()).toEqual(['0', '1', '2', '3', 'done'])
    const lost = await server.event('queue work: messages are lost with the process')
    expect(lost).toMatchObject({ level: 'warn', messages: 2 })
  })
})

describe('queues in a file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  sharedQueueSuite(() => {
    const url = `file:${folder.path}/queues.sqlite`
    return { CASES_URL: url, WORK_URL: url }
  })
})

describe.runIf(hasRedis())('queues in Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.remove())

  const work = 'mooring:{queues:work}:queue'
  const { servers, all } = sharedQueueSuite(() => {
    const url = `redis://127.0.0.1:${redis.port}`
    return { CASES_URL: url, WORK_URL: url }
  })

  test('nothing of what is done is kept', async () => {
    await expect.poll(() => redis.command('XLEN', work)).toBe('0')
    expect(await redis.command('XPENDING', work, 'consumers')).toMatch(/^0/)
    await expect.poll(() => redis.command('ZCARD', `${work}:later`)).toBe('0')
  })

  test('what killed each of its processes, and what is no message, are dead letters', async () => {
    const dead = async () => (await redis.command('XRANGE', `${work}:dead`, '-', '+')).split('\n')
    const killer = { id: 'killer', sentAtMs: 1, failures: 99, body: { key: 'killer' } }
    await redis.command('XADD', work, '*', 'message', JSON.stringify(killer))
    await redis.command('XADD', work, '*', 'message', 'no JSON')
    await expect.poll(async () => (await dead()).join()).toContain('"body":"no JSON"')
    const reasons = await dead()
    expect(reasons).toContain('it has had all its attempts, and none came to an end')
    expect(reasons.join()).toContain('A message is not what the queue takes.')
    expect(all('began')).not.toContain('killer')
  })

  test('it goes on when Redis comes back, and sending says which queue cannot be reached', async () => {
    const { url } = servers[0]!
    await sendWork(url, { key: 'before', sleepMs: 1_000 })
    await expect.poll(() => all('began')).toContain('before')
    await redis.signal('SIGKILL')
    const response = await sendWork(url, { key: 'lost' })
    expect(await response.json()).toMatchObject({
      code: 'MOORING_E_QUEUE_UNREACHABLE',
      text: expect.stringContaining('The queue resource "work" (WORK_URL port-bound'),
    })
    await redis.start()
    await expect.poll(async () => (await sendWork(url, { key: 'after' })).status).toBe(202)
    await expect.poll(() => all('handled')).toContain('after')
    await expect.poll(() => all('handled')).toContain('before')
    await expect.poll(() => redis.command('XLEN', work)).toBe('0')
    expect(all('handled')).not.toContain('lost')
  })

  test('it goes on when its data is gone', async () => {
    await redis.command('FLUSHALL')
    await sendWork(servers[0]!.url, { key: 'afresh' })
    await expect.poll(() => all('handled')).toContain('afresh')
  })

  test('processes that leave are forgotten', async () => {
    for (const { child, exited } of servers) {
      child.kill('SIGTERM')
      expect(await exited).toBe(0)
    }
    expect(await redis.command('XINFO', 'CONSUMERS', work, 'consumers')).toBe('')
  })
})

test.each([
  [
    { NODE_ENV: 'production', WORK_URL: undefined },
    ['WORK_URL (not set): The queue resource "work" (WORK_URL port-bound', 'CASES_URL ("memory:")'],
  ],
  [
    { CASES_URL: 'file:/proc/queue', WORK_URL: 'redis://127.0.0.1:1' },
    ['cannot be opened at /proc/queue', 'cannot be reached at 127.0.0.1:1'],
  ],
  [{ WORK_URL: 'redis://127.0.0.1:1', QUEUE_LEASE: '10ms' }, ['QUEUE_LEASE is "10ms"']],
  [{ WORK_URL: 'postgres://db/a' }, ['has no driver for postgres:']],
  [{ MOORING_DEAD_LETTERS: 'list mails' }, ['and the name of a queue (cases, work)']],
  [{ MOORING_DEAD_LETTERS: 'list work' }, ['keeps no dead letters at memory:']],
  [{ CONSUMERS: 'no' }, ['CONSUMERS is "no"']],
  [{ WEB_CONCURRENCY: '2' }, ['needs a queue that the 2 processes of WEB_CONCURRENCY share']],
])('refused at the start: %o', async (env, texts) => {
  const program = launch('queues.ts', { PORT: '0', ...inMemory, ...env })
  expect(await program.exited).toBe(78)
  for (const text of texts) expect(program.stderr()).toContain(text)
})
