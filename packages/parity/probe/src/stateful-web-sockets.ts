import { type Topic, stateful, upgradeWebSocket } from '@mooring/core'
import { Hono } from 'hono'

/** What happened on sockets, by the name in their state. */
const happened = new Map<string, string>()

/** WebSockets whose handlers keep nothing but a declared state. */
export const statefulWebSockets = (topic: Topic): Hono =>
  new Hono()
    .get(
      '/count',
      upgradeWebSocket(
        stateful({
          name: 'count',
          state: (c) => ({
            name: c.req.query('name') ?? 'nobody',
            count: 0,
            last: null as unknown,
          }),
          onOpen: (_event, ws) => ws.send(`hello ${ws.state.name}`),
          onMessage: async ({ data }, ws) => {
            ws.state.count += 1
            if (data === 'throw') throw new Error('the secret of the house')
            if (data === 'date') ws.state.last = new Date(0)
            else if (data === 'large') ws.state.last = 'x'.repeat(3000)
            else ws.state.last = data
            await Promise.resolve()
            ws.send(`${ws.state.count} ${String(data)}`)
          },
          onClose: ({ code }, { state }) => {
            happened.set(state.name, `${code} ${state.count} ${String(state.last)}`)
          },
        }),
      ),
    )
    .get(
      '/fed',
      upgradeWebSocket(
        stateful({
          name: 'fed',
          state: () => ({ heard: 0 }),
          topic,
          after: (c) => c.req.query('after'),
          onOpen: (_event, ws) => ws.send('open'),
          onMessage: async ({ data }) => {
            await topic.publish(String(data))
          },
          onTopicEvent: (event, ws) => {
            ws.state.heard += 1
            ws.send(`${ws.state.heard} ${event.type === 'missed' ? '(missed)' : event.text}`)
          },
        }),
      ),
    )
    .get(
      '/unfit',
      upgradeWebSocket(stateful({ name: 'unfit', state: () => ({ when: new Date(0) }) })),
    )
    .get('/happened/:name', (c) => c.json(happened.get(c.req.param('name')) ?? null))
