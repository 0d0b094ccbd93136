import { TopicObject, WebSocketObject } from './index.ts'

/** What the types ask that `wrangler types` writes: `FEED: DurableObjectNamespace<TopicObject>`. */
interface DurableObjectBranded {
  __DURABLE_OBJECT_BRAND: never
}

export const objects = (): unknown[] => [
  new TopicObject({}, {}) satisfies DurableObjectBranded,
  new WebSocketObject({}, {}) satisfies DurableObjectBranded,
]
