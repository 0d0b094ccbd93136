import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { queueCases, topicCases } from '@mooring/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indexed } from '../../core/test/cases.ts'
import { nowhere, startDropping } from '../../core/test/service/drops.ts'
import { serviceSuite } from '../../core/test/service/suite.ts'
import { diskSuite, writeDiskFolder } from '../../core/test/static/disk-suite.ts'
import { staticSuite } from '../../core/test/static/suite.ts'
import { hasRedis, type RedisServer, startRedis } from '../../node/test/kv-redis-server.ts'
import { killAll, startServer } from '../../node/test/process.ts'
import { type RuntimeName, type Running, startApp } from './launch.ts'
import { scheduleCases } from './schedule-cases.ts'
import { storeCases } from './suite-apps.ts'

/** What an app may use on every runtime: the suites of Node and of Workers, on one that calls `fetch`. */
export function appSuites(runtime: RuntimeName): void {
  afterAll(killAll)

  describe('a service by URL', () => {
    let dropping: Awaited<ReturnType<typeof startDropping>>
    let calling: Running
    beforeAll(async () => {
      const called = await startServer('service-called.ts')
      dropping = await startDropping()
      const urls = { OTHER_URL: called.url, DOWN_URL: nowhere, DROPS_URL: dropping.url }
      calling = await startApp(runtime, 'calling', urls)
    })
    afterAll(() => dropping.close())
    serviceSuite(() => calling.url)
  })

  describe('static files, from disk', () => {
    let folder: Awaited<ReturnType<typeof writeDiskFolder>>
    let server: Running
    beforeAll(async () => {
      folder = await writeDiskFolder()
      server = await startApp(runtime, 'static', { BASE: `file://${folder.path}/app.js` })
    })
    afterAll(() => folder.remove())
    staticSuite(() => server.port)
    diskSuite(
      () => server.port,
      () => folder.path,
    )
  })

  describe('stores, queues and topics', () => {
    driverCases(runtime)
  })

  describe('schedules', () => {
    scheduleCases(runtime)
  })
}

function driverCases(runtime: RuntimeName): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'drivers-'))
  const file = path.join(folder, 'resources.sqlite')
  let redis: RedisServer | undefined
  let server: Running
  beforeAll(async () => {
    if (hasRedis()) redis = await startRedis()
    const url = redis && `redis://127.0.0.1:${redis.port}`
    server = await startApp(runtime, 'drivers', {
      MEMORY_STORE_URL: 'memory:',
      FILE_STORE_URL: `file:${file}`,
      FILE_QUEUE_URL: `file:${file}`,
      REDIS_STORE_URL: url,
      MEMORY_TOPIC_URL: 'memory:',
      REDIS_TOPIC_URL: url,
    })
  })
  afterAll(async () => {
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    await redis?.remove()
    rmSync(folder, { recursive: true })
  })

  const passes = async (resource: string, index: number) =>
    expect(await (await fetch(`${server.url}/${resource}/${index}`)).text()).toBe('passed')

  const stores = ['memoryStore', 'fileStore', ...(hasRedis() ? ['redisStore'] : [])]
  const cases = [
    ...stores.flatMap((resource) => indexed(storeCases).map((each) => ({ resource, ...each }))),
    ...indexed(queueCases).map((each) => ({ resource: 'fileQueue', ...each })),
  ]
  // They wait most of the time.
  test.concurrent.each(cases)('$resource: $name', ({ resource, index }) => passes(resource, index))

  test('a store in a file waits while another process has the file', async () => {
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const passed = passes('fileStore', 0)
    await sleep(300)
    other.exec('COMMIT')
    other.close()
    await passed
  })

  const topics = ['memoryTopic', ...(hasRedis() ? ['redisTopic'] : [])]
  describe.each(topics)('%s', (topic) => {
    test.each(indexed(topicCases))('$name', ({ index }) => passes(topic, index))
  })
}
