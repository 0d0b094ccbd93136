import { Hono } from 'hono'

/** What every server here answers, as a Hono app. */
export const app: Hono = new Hono()
  .get('/text', (c) => c.text('Hello, world'))
  .get('/users/:id', (c) => c.json({ id: c.req.param('id'), name: 'Ada', admin: false }))
  .post('/echo', async (c) => c.json(await c.req.json()))
