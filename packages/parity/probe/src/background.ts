import { background as inBackground } from '@mooring/core'
import { Hono } from 'hono'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What was done after responses. Pure data: an isolate may forget it, and then says so. */
const done = new Set<string>()

/** Work that goes on when the response is out. */
export const background: Hono = new Hono()
  .post('/wait-until/:name', (c) => {
    c.executionCtx.waitUntil(wait(20).then(() => done.add(c.req.param('name'))))
    return c.body(null, 202)
  })
  .post('/portable/:name', (c) => {
    inBackground(c, async () => {
      await wait(20)
      done.add(c.req.param('name'))
    })
    return c.body(null, 202)
  })
  .post('/rejecting/:name', (c) => {
    inBackground(c, Promise.reject(new Error('it failed')), `work ${c.req.param('name')}`)
    return c.body(null, 202)
  })
  .post('/throwing/:name', (c) => {
    const fail = (): Promise<void> => {
      throw new Error('it threw')
    }
    inBackground(c, fail, `work ${c.req.param('name')}`)
    return c.body(null, 202)
  })
  .post('/wait-until-rejecting', (c) => {
    c.executionCtx.waitUntil(Promise.reject(new Error('it failed')))
    return c.body(null, 202)
  })
  .get('/done/:name', (c) => c.json(done.has(c.req.param('name'))))
