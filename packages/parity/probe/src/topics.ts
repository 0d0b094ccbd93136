import { MooringError, type Topic, upgradeWebSocket } from '@mooring/core'
import { Hono } from 'hono'

/** The ids of what was published, by its text. Pure data: an isolate may forget it. */
const ids = new Map<string, string>()

/** What is published on a topic, and who hears of it. */
export const topics = (topic: Topic): Hono =>
  new Hono()
    .post('/publish/:text', async (c) => {
      const text = c.req.param('text')
      ids.set(text, await topic.publish(text))
      return c.body(null, 202)
    })
    .post('/many/:count', async (c) => {
      for (let left = Number(c.req.param('count')); left > 0; left--) await topic.publish('one')
      return c.body(null, 202)
    })
    .post('/wrong/:what', async (c) => {
      const wrong = c.req.param('what') === 'large' ? 'x'.repeat(65_537) : '\ud800'
      await topic.publish(wrong)
      return c.body(null, 202)
    })
    .get('/after/:text/:count', async (c) => {
      const text = c.req.param('text')
      const subscription = await topic.subscribe({ after: ids.get(text) ?? text })
      const heard: string[] = []
      for (let left = Number(c.req.param('count')); left > 0; left--) {
        const { value } = await subscription.next()
        heard.push(value?.type === 'message' ? value.text : '(missed)')
      }
      await subscription.return?.()
      return c.json(heard)
    })
    .get(
      '/live',
      upgradeWebSocket(() => {
        const left = new AbortController()
        return {
          onOpen: async (_event, ws) => {
            const subscription = await topic.subscribe({ signal: left.signal })
            const follow = async () => {
              for await (const event of subscription) {
                if (event.type === 'message') ws.send(`heard ${event.text}`)
              }
            }
            void follow()
          },
          onMessage: async ({ data }) => {
            await topic.publish(String(data))
          },
          onClose: () => left.abort(),
        }
      }),
    )
    .onError((error, c) => {
      if (error instanceof MooringError) return c.json([error.code, error.why], 400)
      throw error
    })
