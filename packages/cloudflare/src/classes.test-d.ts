import { handle, TopicObject, WebSocketObject } from './index.ts'

// What the types ask that `wrangler types` writes: FEED: DurableObjectNamespace<TopicObject>.
interface DurableObjectBranded {
  __DURABLE_OBJECT_BRAND: never
}
new TopicObject({}, {}) satisfies DurableObjectBranded
new WebSocketObject({}, {}) satisfies DurableObjectBranded

// A Worker may have more handlers beside those of its app.
const { fetch, queue, scheduled } = { ...handle({ fetch: () => new Response() }), async tail() {} }
fetch satisfies (request: Request, env: { NAME: string }, ctx: object) => Promise<Response>
scheduled satisfies (controller: { cron: string }, env: object, ctx: object) => Promise<void>
queue satisfies (batch: { queue: string }, env: object, ctx: object) => Promise<void>
