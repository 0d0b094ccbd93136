import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendWork } from '../../core/test/queues/suite.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'
import { killAll } from './process.ts'
import { sharedQueueSuite } from './queue-processes.ts'

afterAll(killAll)

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
