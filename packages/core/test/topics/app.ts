import { type App, defineApp, topic } from '@mooring/core'
import { topicCases } from '@mooring/core/testing'
import { type Context, Hono } from 'hono'
import { answerCase } from '../cases.ts'

/** An app with two topics, for the tests of each adapter. */
export const topicApp: App = defineApp({
  name: 'topic',
  resources: { feed: topic(), other: topic() },
  setup: ({ resources: { feed, other } }) =>
    new Hono()
      .get('/cases/:index', (c: Context) => answerCase(c, topicCases, feed))
      .post('/:name', async (c: Context) => {
        const to = c.req.param('name') === 'other' ? other : feed
        return c.text(await to.publish(await c.req.text()))
      })
      .get('/:count', async (c: Context) => {
        const after = c.req.query('after')
        const subscription = await feed.subscribe(after === undefined ? {} : { after })
        const encoder = new TextEncoder()
        let left = Number(c.req.param('count'))
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(encoder.encode(`${subscription.after}\n`)),
          async pull(controller) {
            const { value } = await subscription.next()
            const text = value?.type === 'message' ? value.text : '(missed)'
            controller.enqueue(encoder.encode(`${text}\n`))
            left -= 1
            if (left > 0) return
            await subscription.return?.()
            controller.close()
          },
        })
        return c.body(body)
      }),
})
