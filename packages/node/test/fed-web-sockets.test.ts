import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fed, publishAll, topicCases } from '../../core/test/web-sockets/topic-cases.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'
import { killAll, type Server, startServer } from './process.ts'

const targetOf = ({ port, stdout }: Server) => ({ port, log: stdout })

afterAll(killAll)

describe('WebSockets that a topic in memory feeds', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('fed-web-sockets.ts', { FEED_URL: 'memory:' })
  })

  topicCases(() => targetOf(server))
})

describe.runIf(hasRedis())('WebSockets that a topic in Redis feeds', () => {
  let redis: RedisServer
  let servers: readonly [Server, Server]
  beforeAll(async () => {
    redis = await startRedis()
    const env = { FEED_URL: `redis://127.0.0.1:${redis.port}` }
    const start = () => startServer('fed-web-sockets.ts', env)
    servers = await Promise.all([start(), start()])
  })
  afterAll(async () => {
    await killAll()
    await redis.remove()
  })

  topicCases(() => targetOf(servers[0]))

  test('what one process publishes, the sockets of another have; its end closes them', async () => {
    const { client } = await fed(targetOf(servers[0]))
    await publishAll(targetOf(servers[1]), 'from there')
    await expect.poll(() => client.frames().at(-1)).toBe('text 1 from there')
    servers[0].child.kill('SIGTERM')
    await expect.poll(() => client.frames().at(-1)).toBe('close 1012 Service Restart')
    client.socket.destroy()
    expect(await servers[0].exited).toBe(0)
  })
})
