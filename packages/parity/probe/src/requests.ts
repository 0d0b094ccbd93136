import { bodyLimit } from 'hono/body-limit'
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { validator } from 'hono/validator'
import { headerName, isAskedFor } from './asked.ts'

/**
 * What of a request the app sees. What a declared difference decides is told only where a case asks
 * for it, by a query: everything else is the same everywhere, whatever is sent.
 */
export const requests: Hono = new Hono()
  .all('/line', (c) => c.json({ method: c.req.method, url: c.req.url, path: c.req.path }))
  .all('/header/:name', (c) => c.json(c.req.header(headerName(c)) ?? null))
  .all('/names', (c) => c.json([...c.req.raw.headers.keys()]))
  .all('/cookies', (c) => c.json(getCookie(c)))
  .all('/query', (c) => c.json(c.req.queries()))
  .all('/text', async (c) => c.json(await c.req.text()))
  .all('/json', async (c) => c.json(await c.req.json<unknown>()))
  .all('/bytes', async (c) => c.json((await c.req.arrayBuffer()).byteLength))
  .all('/blob', async (c) => {
    const { type, size } = await c.req.blob()
    return c.json(isAskedFor(c, 'type') ? { type, size } : { size })
  })
  .all('/form', async (c) => {
    const form = await c.req.parseBody({ all: true })
    const isTyped = isAskedFor(c, 'types')
    const all = Object.entries(form).map(([name, of]) => [name, told(of, isTyped)])
    return c.json(Object.fromEntries(all))
  })
  .all('/stream', async (c) => {
    let bytes = 0
    for await (const chunk of c.req.raw.body ?? []) bytes += chunk.byteLength
    return c.json(bytes)
  })
  .post(
    '/validated',
    validator('form', (form) => form),
    (c) => c.json(c.req.valid('form')),
  )
  .post('/limited', bodyLimit({ maxSize: 100 }), async (c) =>
    c.json((await c.req.arrayBuffer()).byteLength),
  )
  .all('/unread', (c) => c.text('not read'))
  .all('/twice', async (c) => {
    if ((await c.req.raw.text()) === '' && !isAskedFor(c, 'empty')) return c.text('nothing to read')
    const second = await c.req.raw.text().catch((error: Error) => error.name)
    return c.json({ used: c.req.raw.bodyUsed, second })
  })
  .all('/hono-twice', async (c) => c.json([await c.req.text(), await c.req.text()]))
  .all('/clone', async (c) => {
    const copy = c.req.raw.clone()
    return c.json([await c.req.raw.text(), await copy.text()])
  })
  .all('/facts', (c) => c.json(factsOf(c)))
  .all('/param/:value', (c) => c.json(c.req.param('value')))
  .all('/rest/*', (c) => c.json(c.req.path))
  .all('/admin/*', (c) => c.text('the guarded part', 403))
  .all('/for-localhost', (c) => {
    const { host, protocol } = new URL(c.req.url)
    return host === 'localhost' ? c.text(protocol) : c.text('another host', 403)
  })

function told(value: unknown, isTyped: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => told(each, isTyped))
  if (!(value instanceof File)) return value
  return isTyped ? [value.name, value.type, value.size] : [value.name, value.size]
}

/** What a `Request` has beside its head and its body. */
function factsOf(c: Context): unknown {
  const { raw } = c.req
  return {
    isRequest: raw instanceof Request,
    ...(isAskedFor(c, 'body') && { hasBody: raw.body !== null }),
    used: raw.bodyUsed,
    aborted: raw.signal.aborted,
    tag: Object.prototype.toString.call(raw.headers),
  }
}
