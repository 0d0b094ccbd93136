import { type Subscription, type Topic, topic as topicResource } from '@mooring/core'
import type { Opened } from '@mooring/core/adapter'
import { topicCases } from '@mooring/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findByUrl } from '../../port-bound/src/environment.ts'
import { openTopic } from '../../port-bound/src/topics/topic-open.ts'
import { attachmentOf, errorOf } from './kv-attachment.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'

let opened: Opened<Topic>[] = []
afterEach(async () => {
  await Promise.all(opened.map((topic) => topic.close?.()))
  opened = []
})

async function open(url: string, resource = 'feed'): Promise<Topic> {
  const topic = await openTopic(attachmentOf(url, 'links', resource))
  opened.push(topic)
  return topic.handle
}

async function texts(subscription: Subscription, count: number): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < count) {
    const { value } = await subscription.next()
    seen.push(value?.type === 'message' ? value.text : '(missed)')
  }
  return seen
}

describe('a topic in memory', () => {
  test.each(topicCases)('$name', async ({ run }) => run(await open('memory:')))
})

describe.runIf(hasRedis())('a topic in Redis', () => {
  let redis: RedisServer
  let url: string
  beforeAll(async () => {
    redis = await startRedis()
    url = `redis://127.0.0.1:${redis.port}/2`
  })
  afterAll(() => redis.remove())

  test.each(topicCases)('$name', async ({ run }) => run(await open(url)))

  test('reaches other processes, and only those of its name', async () => {
    const [here, there, other] = await Promise.all([open(url), open(url), open(url, 'other')])
    const [subscription, elsewhere] = await Promise.all([there.subscribe(), other.subscribe()])
    await here.publish('a')
    await other.publish('b')
    expect(await texts(subscription, 1)).toEqual(['a'])
    expect(await texts(elsewhere, 1)).toEqual(['b'])
  })

  test('goes on where it was when Redis comes back', async () => {
    const topic = await open(url)
    const subscription = await topic.subscribe()
    await topic.publish('before')
    expect(await texts(subscription, 1)).toEqual(['before'])
    await redis.signal('SIGKILL')
    expect(await errorOf(topic.publish('lost'))).toMatchObject({
      code: 'MOORING_E_TOPIC_UNREACHABLE',
      message: expect.stringContaining('The topic resource "feed" (FEED_URL port-bound'),
    })
    await redis.start()
    await redis.command('-n', '2', 'XADD', 'mooring:{links:feed}:topic', '*', 'text', 'meanwhile')
    await expect.poll(() => topic.publish('after').catch(() => undefined)).toBeDefined()
    expect(await texts(subscription, 2)).toEqual(['meanwhile', 'after'])
  })

  test('ends its subscriptions with itself', async () => {
    const topic = await open(url)
    const subscription = await topic.subscribe()
    await opened.pop()?.close?.()
    expect((await subscription.next()).done).toBe(true)
  })
})

describe('a topic that cannot be', () => {
  test.each([
    ['postgres://db/a', 'has no driver for postgres:'],
    ['file:./a', 'has no driver for file:'],
    ['redis://127.0.0.1:1', 'cannot be reached at 127.0.0.1:1'],
  ])('%s is refused', async (url, text) => {
    const error = await errorOf(openTopic(attachmentOf(url, 'links', 'feed')))
    expect(error).toMatchObject({
      code: 'MOORING_E_TOPIC_UNREACHABLE',
      message: expect.stringContaining(text),
    })
  })
})

test('in development it has a memory of its own only where one process serves', () => {
  const find = (processes: number) =>
    findByUrl({}, true, processes)('links', 'feed', topicResource({ optional: true }))
  expect(find(1)).toMatchObject({ target: 'memory:', embedded: true })
  expect(find(2)).toHaveProperty('missing')
})
