import { conformHandlers } from '@mooring/conform/handlers'
import { type App, clientAddress, defineApp, service } from '@mooring/core'
import { Hono } from 'hono'

/** What `mooring conform` asks for beside `/`. */
export const conformApp: App = defineApp({
  name: 'conform',
  resources: { backing: service({ optional: true }) },
  setup: ({ resources: { backing } }) =>
    new Hono()
      .get('/', (c) => c.text('hello'))
      .get('/__conform/backing', async (c) => (await backing?.fetch(c, '/')) ?? c.text('none', 503))
      .all('/__conform/*', (c) => conformHandlers(c.req.raw, clientAddress(c)) ?? c.notFound()),
})
