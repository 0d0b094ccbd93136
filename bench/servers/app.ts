import { Hono } from 'hono'
import { streamOfEvents, streamOfPieces } from './bodies.ts'
import { moreRoutes } from './settings.ts'

/** What every server here answers, as a Hono app. */
export const app: Hono = new Hono()
  .get('/text', (c) => c.text('Hello, world'))
  .get('/users/:id', (c) => c.json({ id: c.req.param('id'), name: 'Ada', admin: false }))
  .post('/echo', async (c) => c.json(await c.req.json()))
  .post('/upload', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)))
  .get('/stream', (c) =>
    c.body(streamOfPieces(), 200, { 'Content-Type': 'application/octet-stream' }),
  )
  .get('/events', (c) => c.body(streamOfEvents(), 200, { 'Content-Type': 'text/event-stream' }))

for (let each = 1; each <= moreRoutes; each++) {
  app.get(`/route-${each}/:id`, (c) => c.text(c.req.param('id')))
}
