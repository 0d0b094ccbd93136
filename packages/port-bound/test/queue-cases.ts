import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'
import { hasRedis, type RedisServer, startRedis } from '../../node/test/kv-redis-server.ts'
import { killAll } from '../../node/test/process.ts'
import { type RuntimeName, type Running, startApp } from './launch.ts'

/** What is handled of a queue, on a runtime of its own. */
export function queueCases(runtime: RuntimeName): void {
  if (!hasRedis()) return
  let redis: RedisServer
  let server: Running
  beforeAll(async () => {
    redis = await startRedis()
    const url = `redis://127.0.0.1:${redis.port}`
    server = await startApp(runtime, 'queues', { CASES_URL: url, WORK_URL: url })
  })
  afterAll(async () => {
    await killAll()
    await redis.remove()
  })

  queueSuite(() => server.url)

  test('the end finishes what is in hand, and takes nothing more', async () => {
    const work = Array.from({ length: 6 }, (_, index) => ({ key: `${index}`, sleepMs: 1_000 }))
    await sendWork(server.url, ...work)
    const count = (message: string) => server.stdout().split(`"message":"${message}"`).length - 1
    await expect.poll(() => count('began')).toBe(4)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect([count('began'), count('handled')]).toEqual([4, 4])
    await expect.poll(() => redis.command('XLEN', 'mooring:{queues:work}:queue')).toBe('2')
  })
}
