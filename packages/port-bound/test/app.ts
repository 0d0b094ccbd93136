import {
  type App,
  background,
  clientAddress,
  defineApp,
  drainSignal,
  kv,
  requestId,
  service,
  upgradeWebSocket,
} from '@mooring/core'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What the suite of the adapters that call `fetch` asks. Each serves it in its own runtime. */
export const app: App = defineApp({
  name: 'fixture',
  resources: { store: kv(), self: service({ optional: true }) },
  static: { folder: 'public', base: import.meta.url },
  setup: ({ resources: { store, self }, log }) =>
    new Hono<{ Bindings: Record<string, string> }>()
      .get('/', (c) => c.text('hello'))
      .get('/env', (c) => c.text(c.env['GREETING'] ?? 'not set'))
      .get('/address', (c) => c.text(clientAddress(c) ?? 'none'))
      .get('/url', (c) => c.text(`${c.req.header('host')} ${c.req.url} ${c.req.path}`))
      .get('/deep/*', (c) => c.text(c.req.path))
      .get('/id', (c) => c.text(requestId(c)))
      .post('/echo', async (c) => c.body(await c.req.arrayBuffer()))
      .get('/slow/:ms', async (c) => {
        await wait(Number(c.req.param('ms')))
        return c.text('slow')
      })
      .get('/stuck', (c) => {
        const { signal } = c.req.raw
        const tell = () => log.info('aborted', { reason: String(signal.reason) })
        signal.addEventListener('abort', tell)
        return new Promise<Response>(() => {})
      })
      .get('/gone', (c) => {
        const { signal } = c.req.raw
        log.info('somebody is there')
        return new Promise<Response>((resolve) =>
          signal.addEventListener('abort', () => {
            log.info('nobody is there', { reason: String(signal.reason) })
            resolve(c.text('too late'))
          }),
        )
      })
      .get('/finished', (c) => {
        const { signal } = c.req.raw
        background(
          c,
          wait(100).then(() => log.info('after the answer', { aborted: signal.aborted })),
        )
        return c.text('finished')
      })
      .get('/events', (c) =>
        streamSSE(c, async (stream) => {
          await stream.writeSSE({ data: 'open' })
          await new Promise((resolve) => drainSignal(c).addEventListener('abort', resolve))
          await stream.writeSSE({ data: 'bye' })
        }),
      )
      .post('/later/:ms', (c) => {
        const done = wait(Number(c.req.param('ms'))).then(() => log.info('the work is done'))
        background(c, done, 'the work')
        return c.text('accepted', 202)
      })
      .put('/store/:key/:value', async (c) => {
        await store.put(c.req.param('key'), c.req.param('value'))
        return c.text('stored')
      })
      .get('/store/:key', async (c) => c.text((await store.get(c.req.param('key'))) ?? 'nothing'))
      .get('/self', async (c) => (await self?.fetch(c, '/')) ?? c.text('none', 503))
      .get('/fields', (c) =>
        c.text('fields', 200, { Trailer: 'X-A', TE: 'trailers', Connection: 'keep-alive, x' }),
      )
      .get('/through', (c) => fetch(c.req.query('from') ?? ''))
      .get('/throw', () => {
        throw new Error('on purpose')
      })
      // A class of a library's own, and what is none.
      .get('/foreign', () => {
        const { status, statusText, headers, body } = new Response('foreign', { status: 201 })
        return { status, statusText, headers, body } as Response
      })
      .get('/no-response', () => ({ headers: {} }) as Response)
      .get('/header', (c) => c.text('header', 200, { 'X-Value': c.req.query('value') ?? '' }))
      .post('/begun', async (c) => {
        await c.req.raw.body!.getReader().read()
        return c.text('begun')
      })
      .get('/floating', (c) => {
        void Promise.reject(new Error('nobody awaits me'))
        return c.text('floated')
      })
      .get('/crash', (c) => {
        setTimeout(() => {
          throw new Error('uncaught on purpose')
        })
        return c.text('crashing')
      })
      .get(
        '/ws',
        upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(data) })),
      ),
})
