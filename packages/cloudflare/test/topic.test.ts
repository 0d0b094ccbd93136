import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { publish, textsOf, topicSuite } from '../../core/test/topics/suite.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

const objects = {
  bindings: [
    { name: 'FEED', class_name: 'TopicObject' },
    { name: 'OTHER', class_name: 'TopicObject' },
  ],
}

describe('a topic in a Durable Object, on workerd', () => {
  let server: TestHarness
  let url: string
  beforeAll(async () => {
    const config = {
      name: 'topic',
      main: 'topic/worker.ts',
      compatibility_date: '2026-11-01',
      durable_objects: objects,
      migrations: [{ tag: 'v1', new_sqlite_classes: ['TopicObject'] }],
    }
    server = createTestHarness({ root, workers: [{ config }] })
    url = (await server.listen()).url.origin
  })
  afterAll(() => server.close())

  topicSuite(() => url)

  test.each(['hibernate', 'close'] as const)(
    'loses nothing when the object goes, and its connections %s',
    async (webSockets) => {
      const response = await fetch(`${url}/3`)
      await publish(url, 'a')
      const object = { name: 'topic:feed', webSockets }
      await server.getWorker('topic').evictDurableObject('FEED', object)
      await publish(url, 'b')
      await publish(url, 'c')
      expect(await textsOf(response)).toEqual(['a', 'b', 'c'])
    },
  )
})
