import { background, logger, upgradeWebSocket } from '@mooring/core'
import { Hono } from 'hono'
import { sendAllClicks } from './all-clicks.ts'
import type { Clicks } from './clicks.ts'
import { allowOnly } from './method-not-allowed.ts'
import { problem } from './problem.ts'

/** `/api/live`: the clicks on all links as they happen, over a WebSocket. */
export function liveRoute({ clicks }: { clicks: Clicks }) {
  const routes = new Hono().get(
    '/',
    async (c, next) => {
      await next()
      if (c.res.status === 426) c.res = problem(c, 'upgrade-required', 'This is a WebSocket.')
    },
    upgradeWebSocket((c) => {
      const left = new AbortController()
      const after = c.req.query('after')
      return {
        onOpen(_event, ws) {
          const feed = () =>
            sendAllClicks({ clicks, after, send: (text) => ws.send(text), signal: left.signal })
              // Either way the client comes back: at once, or a little later.
              .then(() => ws.close(1001, 'Come back'))
              .catch((error: unknown) => {
                logger(c).warn('live feed broke off', { error })
                ws.close(1011)
              })
          background(c, feed, 'live feed')
        },
        onClose: () => left.abort(),
      }
    }),
  )
  routes.all('/', allowOnly('GET, HEAD'))
  return routes
}
