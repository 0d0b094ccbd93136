import { fileURLToPath } from 'node:url'
import { topicCases } from '@mooring/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'

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

  test.each(topicCases.map(({ name }, index) => ({ name, index })))('$name', async ({ index }) => {
    expect(await (await server.fetch(`/cases/${index}`)).text()).toBe('passed')
  })

  const publish = async (text: string, name = 'feed') =>
    (await fetch(`${url}/${name}`, { method: 'POST', body: text })).text()
  const textsOf = async (response: Response) => (await response.text()).trim().split('\n').slice(1)

  test('reaches the subscribers of other requests, and each topic only its own', async () => {
    const responses = await Promise.all([fetch(`${url}/2`), fetch(`${url}/2`)])
    await publish('not for them', 'other')
    await publish('a')
    await publish('b')
    expect(await Promise.all(responses.map(textsOf))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  test.each(['hibernate', 'close'] as const)(
    'loses nothing when the object goes, and its connections %s',
    async (webSockets) => {
      const response = await fetch(`${url}/3`)
      await publish('a')
      const object = { name: 'topic:feed', webSockets }
      await server.getWorker('topic').evictDurableObject('FEED', object)
      await publish('b')
      await publish('c')
      expect(await textsOf(response)).toEqual(['a', 'b', 'c'])
    },
  )
})
