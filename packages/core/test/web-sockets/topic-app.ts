import { type App, defineApp, topic, stateful, upgradeWebSocket } from '@mooring/core'
import { type Context, Hono } from 'hono'

/** WebSockets that a topic feeds, and what is published. */
export const fedApp: App = defineApp({
  name: 'fed',
  resources: { feed: topic() },
  setup: ({ resources: { feed }, log }) =>
    new Hono()
      .get(
        '/fed',
        upgradeWebSocket(
          stateful({
            name: 'fed',
            state: (c) => ({ name: c.req.query('name'), heard: 0, said: '' }),
            topic: feed,
            after: (c) => c.req.query('after'),
            onOpen: (_event, ws) => ws.send('open'),
            onMessage: ({ data }, ws) => {
              ws.state.said = String(data)
              ws.send(`said ${ws.state.said}`)
            },
            onTopicEvent: async (event, ws) => {
              ws.state.heard += 1
              // What comes next waits.
              await new Promise((resolve) => setTimeout(resolve, 1))
              const text = event.type === 'missed' ? '(missed)' : event.text
              if (text === `fail ${ws.state.name}`) throw new Error('on purpose')
              ws.send(`${ws.state.heard}${ws.state.said} ${text}`)
            },
            onClose: ({ code }, { state }) => log.info('closed', { ...state, code }),
          }),
        ),
      )
      .post('/publish', async (c: Context) => {
        const ids: string[] = []
        for (const text of (await c.req.json()) as string[]) ids.push(await feed.publish(text))
        return c.json(ids)
      }),
})
