import { type Topic, stateful, upgradeWebSocket } from '@mooring/core'
import { Hono } from 'hono'
import type { ToldClick } from './click-news.ts'
import { timeOf } from './click-id.ts'
import { allowOnly } from './method-not-allowed.ts'
import { problem } from './problem.ts'

/**
 * `/api/live`: the clicks on all links as they happen, over a WebSocket. Its handlers keep nothing:
 * where it can it hibernates between two clicks.
 */
export function liveRoute(feed: Topic | undefined) {
  const routes = new Hono().get(
    '/',
    async (c, next) => {
      const isHandshake = c.req.header('upgrade')?.toLowerCase() === 'websocket'
      if (isHandshake && !feed) {
        return problem(c, 'feed-unavailable', 'No topic is attached to this service.')
      }
      await next()
      if (c.res.status === 426) c.res = problem(c, 'upgrade-required', 'This is a WebSocket.')
      return undefined
    },
    upgradeWebSocket(
      stateful({
        name: 'live',
        state: () => null,
        topic: feed,
        after: (c) => c.req.query('after'),
        onTopicEvent: (event, ws) => ws.send(event.type === 'missed' ? missed : tell(event)),
      }),
    ),
  )
  routes.all('/', allowOnly('GET, HEAD'))
  return routes
}

const missed = JSON.stringify({ missed: true })

/** What `after` takes is the place in the topic. */
function tell({ id, text }: { readonly id: string; readonly text: string }): string {
  const { id: click, slug } = JSON.parse(text) as ToldClick
  return JSON.stringify({ id, slug, at: new Date(timeOf(click)).toISOString() })
}
