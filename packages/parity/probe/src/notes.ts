import type { Kv } from '@mooring/core'
import { Hono } from 'hono'

/** Characters of a note. What is above the limit of one target must not be kept on another. */
const longest = 400_000

/** Texts that requests put down, add to, read and remove. */
export const notes = (store: Kv): Hono =>
  new Hono()
    .get('/', async (c) => c.json((await store.list()).keys))
    .get('/:key', async (c) => {
      const text = await store.get(c.req.param('key'))
      return text === undefined ? c.notFound() : c.text(text)
    })
    .put('/:key', async (c) => {
      const text = await c.req.text()
      if (text.length > longest) return c.body(null, 413)
      await store.put(c.req.param('key'), text)
      return c.body(null, 204)
    })
    .post('/:key', async (c) => {
      const key = c.req.param('key')
      const text = `${(await store.get(key)) ?? ''}${await c.req.text()}`
      if (text.length > longest) return c.body(null, 413)
      await store.put(key, text)
      return c.json(text.length, 201)
    })
    .delete('/:key', async (c) => {
      await store.delete(c.req.param('key'))
      return c.body(null, 204)
    })
