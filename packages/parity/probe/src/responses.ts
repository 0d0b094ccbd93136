import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { deleteCookie, setCookie } from 'hono/cookie'
import { etag } from 'hono/etag'
import { headerName } from './asked.ts'

/** Bodies by the name of their kind. */
const bodies: Readonly<Record<string, () => BodyInit | null>> = {
  none: () => null,
  text: () => 'text',
  empty: () => '',
  unicode: () => 'é😀',
  bytes: () => new Uint8Array([98, 121, 116, 101, 115]),
  'no-bytes': () => new Uint8Array(),
  buffer: () => new TextEncoder().encode('buffer').buffer,
  view: () => new DataView(new TextEncoder().encode('view').buffer),
  blob: () => new Blob(['blob']),
  'typed-blob': () => new Blob(['{}'], { type: 'application/x-probe' }),
  form: () => new URLSearchParams({ a: '1', b: 'é' }),
  stream: () => new Blob(['stream']).stream(),
  large: () => 'x'.repeat(300_000),
}

const bodyOf = (c: Context) => bodies[c.req.param('kind') ?? 'none']?.() ?? null

const statusOf = (c: Context) => Number(c.req.param('status'))

/** Whatever response a client asks for. */
export const responses: Hono = new Hono()
  .all('/raw/:kind', (c) => new Response(bodyOf(c)))
  .all('/body/:kind', (c) => c.body(bodyOf(c) as string))
  .all('/async/:kind', async (c) => {
    await Promise.resolve()
    return new Response(bodyOf(c))
  })
  .all('/after-header/:kind', (c) => {
    c.header('X-Set', 'yes')
    return c.body(bodyOf(c) as string)
  })
  .all('/copied/:kind', (c) => {
    const made = new Response(bodyOf(c), { headers: { 'X-Made': 'yes' } })
    return new Response(made.body, made)
  })
  .all('/cloned/:kind', (c) => new Response(bodyOf(c)).clone())
  .all('/read/:kind', async (c) => new Response(await new Response(bodyOf(c)).arrayBuffer()))
  .all('/status/:status/:kind', (c) => new Response(bodyOf(c), { status: statusOf(c) }))
  .all('/hono-status/:status', (c) => c.text('text', statusOf(c) as 200))
  .all('/reason/:text', (c) => new Response('text', { statusText: c.req.param('text') }))
  .all('/json', (c) => c.json({ a: 1, é: '😀' }))
  .all('/json-static', () => Response.json({ a: 1 }))
  .all('/html', (c) => c.html('<p>é</p>'))
  .all('/redirect/:status', (c) => c.redirect('/there', statusOf(c) as 302))
  .all('/redirect-static/:status', (c) => Response.redirect('http://localhost/there', statusOf(c)))
  .all('/location', (c) => c.redirect(c.req.query('to') ?? '/'))
  .all('/not-found', (c) => c.notFound())
  .all('/response-error', () => Response.error())
  // With init: a name and a value.
  .all('/init/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    return new Response('text', { headers: { [name]: value } })
  })
  .all('/body-init/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    return c.body('text', 200, { [name]: value })
  })
  .all('/set/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    c.header(name, value)
    return c.text('text')
  })
  .all('/bytes-with/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    return new Response(new TextEncoder().encode('bytes'), { headers: { [name]: value } })
  })
  .all('/stream-with/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    return new Response(new Blob(['stream']).stream(), { headers: { [name]: value } })
  })
  .all('/null-with/:name/:value', (c) => {
    const name = headerName(c)
    const value = c.req.param('value')
    return new Response(null, { headers: { [name]: value } })
  })
  .all('/append/:name', (c) => {
    const name = headerName(c)
    c.header(name, 'one', { append: true })
    c.header(name, 'two', { append: true })
    return c.text('text')
  })
  .all('/pairs/:name', (c) => {
    const name = headerName(c)
    const headers: [string, string][] = [
      [name, 'one'],
      [name, 'two'],
    ]
    return new Response('text', { headers })
  })
  .all('/cookies', (c) => {
    setCookie(c, 'a', '1', { path: '/', httpOnly: true })
    setCookie(c, 'b', 'é; x', { sameSite: 'Lax', secure: true })
    deleteCookie(c, 'c')
    return c.text('text')
  })
  .all('/wide-cookies', () => {
    const headers = ['a=é', 'b=1', 'c=ÿ'].map((cookie): [string, string] => ['Set-Cookie', cookie])
    return new Response('text', { headers })
  })
  .all('/etag/:kind', etag(), (c) => c.body(bodyOf(c) as string))
  .all('/compress/:kind', compress({ threshold: 1 }), (c) => {
    c.header('Content-Type', 'text/plain')
    return c.body(bodyOf(c) as string)
  })
  .all('/etag-of-compressed/:kind', etag(), compress({ threshold: 1 }), (c) => {
    c.header('Content-Type', 'text/plain')
    return c.body(bodyOf(c) as string)
  })
  .all('/mutated/:kind', async (c, next) => {
    await next()
    c.res.headers.set('X-After', 'yes')
    c.header('X-Hono-After', 'yes')
  })
  .all('/mutated/:kind', (c) => new Response(bodyOf(c)))
  .all('/seen-by-middleware/:kind', async (c, next) => {
    await next()
    c.header('X-Type', c.res.headers.get('content-type') ?? 'none')
    c.header('X-Body', c.res.body === null ? 'none' : 'some')
  })
  .all('/seen-by-middleware/:kind', (c) => new Response(bodyOf(c)))
  .all('/is-response', (c) =>
    c.json([new Response() instanceof Response, Response.json(1) instanceof Response]),
  )
