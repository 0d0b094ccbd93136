import type { V4WorkerOptions } from 'miniflare'
import { expect, test } from 'vitest'
import { resourcesOf } from './worker-options.ts'

test('of the Durable Objects, those of a topic are resources', () => {
  const durableObjects = {
    FEED: { className: 'TopicObject', useSQLite: true },
    OTHER: 'TopicObject',
    WEB_SOCKETS: 'WebSocketObject',
  }
  const lines = resourcesOf({ durableObjects } as unknown as V4WorkerOptions, '.')
  expect(lines.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['FEED topic', 'OTHER topic'])
})
