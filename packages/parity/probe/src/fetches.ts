import { type Context, Hono } from 'hono'

type App = { Bindings: Readonly<Record<string, unknown>> }

/** What a client wants sent to the upstream. */
interface Wanted {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The kind of the body. */
  readonly body?: string
  /** Whether a `Request` is made first. */
  readonly request?: boolean
  /** The fields to tell of. */
  readonly show?: readonly string[]
}

/** What the upstream says that it got. */
interface Received {
  readonly line: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly framing: string
  readonly body: string
}

const form = () => {
  const data = new FormData()
  data.append('a', '1')
  data.append('b', new File(['file'], 'b.txt', { type: 'text/plain' }))
  return data
}

/** Bodies of a request by the name of their kind. */
const bodies: Readonly<Record<string, () => BodyInit>> = {
  text: () => 'text',
  empty: () => '',
  unicode: () => 'é',
  bytes: () => new Uint8Array([98, 121, 116, 101, 115]),
  blob: () => new Blob(['{}'], { type: 'application/x-probe' }),
  'blob-without-type': () => new Blob(['blob']),
  search: () => new URLSearchParams({ a: '1', b: 'é' }),
  form,
  stream: () => new Blob(['stream']).stream(),
}

const urlOf = (c: Context<App>, path: string) => `${String(c.env['UPSTREAM_URL'])}${path}`

/** Where the upstream has what the path of a request names. */
const wantedOf = (c: Context<App>) =>
  urlOf(c, new URL(c.req.url).pathname.replace(/^\/fetch\/[\w-]+/, ''))

const isLeftOut = new Set(['date', 'connection', 'keep-alive', 'set-cookie'])

const isHandedOn = new Set(['content-length', 'content-type', 'cookie', 'host', 'te', 'x-own'])

/** What the app sees of a response. */
async function told(asked: Promise<Response>): Promise<unknown> {
  try {
    const response = await asked
    const { status, redirected, url, headers } = response
    const cookies = headers.getSetCookie()
    const fields = [...headers].filter(([name]) => !isLeftOut.has(name))
    if (cookies.length > 0) fields.push(['set-cookie', cookies.join(' and ')])
    const body = await response.text().catch((error: Error) => [error.name])
    // In one order: what is sorted by the standard has its cookies at the end on Bun.
    return [status, redirected, new URL(url).pathname, Object.fromEntries(fields.toSorted()), body]
  } catch (error) {
    return error instanceof Error ? error.name : 'thrown'
  }
}

/** What the upstream got, beside what runtimes add. */
async function fieldsOf(asked: Promise<Response>): Promise<unknown> {
  const { line, fields, body } = (await (await asked).json()) as Received
  const sent = fields.map(([name, value]): [string, string] => [name.toLowerCase(), value])
  return [line, Object.fromEntries(sent.filter(([name]) => isHandedOn.has(name)).toSorted()), body]
}

async function received(c: Context<App>, wanted: Wanted): Promise<readonly string[]> {
  const { path = '/echo', method, headers, body, request = false, show = [] } = wanted
  const url = urlOf(c, path)
  const init = {
    ...(method !== undefined && { method }),
    ...(headers && { headers }),
    ...(body !== undefined && { body: bodies[body]!() }),
  }
  const response = await (request ? fetch(new Request(url, init)) : fetch(url, init))
  const { line, fields, framing, body: content } = (await response.json()) as Received
  const lines = show.flatMap((name) =>
    fields
      .filter((field) => field[0].toLowerCase() === name)
      .map(([, value]) => `${name}: ${value}`),
  )
  // The boundary of a form is another each time, and a line may end it.
  const boundary = /boundary=(.+)"/.exec(JSON.stringify(lines))?.[1] ?? '(none)'
  const said = [line, ...lines, framing, content.trimEnd()]
  return said.map((text) => text.replaceAll(boundary, '(boundary)'))
}

/** Requests out of the app, to the upstream that the parity run has started. */
export const fetches: Hono<App> = new Hono<App>()
  .post('/received', async (c) => {
    const wanted = await c.req.json<Wanted>()
    return c.json(await received(c, wanted).catch((error: Error) => error.name))
  })
  .get('/default/:name', async (c) => {
    const { fields } = (await (await fetch(urlOf(c, '/echo'))).json()) as Received
    const name = c.req.param('name')
    return c.json(fields.filter((each) => each[0].toLowerCase() === name).map(([, value]) => value))
  })
  .get('/names', async (c) => {
    const { fields } = (await (await fetch(urlOf(c, '/echo'))).json()) as Received
    return c.json(fields.map(([name]) => name))
  })
  .post('/answered', async (c) => {
    const body = await c.req.arrayBuffer()
    return c.json(await told(fetch(urlOf(c, '/answer'), { method: 'POST', body })))
  })
  .post('/answer-handed-on', async (c) => {
    const body = await c.req.arrayBuffer()
    return fetch(urlOf(c, '/answer'), { method: 'POST', body })
  })
  .get('/told/*', async (c) => c.json(await told(fetch(wantedOf(c)))))
  .get('/told-of-head/*', async (c) => c.json(await told(fetch(wantedOf(c), { method: 'HEAD' }))))
  .get('/by-hand/*', async (c) => c.json(await told(fetch(wantedOf(c), { redirect: 'manual' }))))
  .get('/followed/*', async (c) => {
    const { redirected, url } = await fetch(wantedOf(c))
    return c.json([redirected, new URL(url).pathname])
  })
  .get('/words/*', async (c) => {
    const { statusText, type } = await fetch(wantedOf(c))
    return c.json([statusText, type])
  })
  .get('/timeout/*', async (c) =>
    c.json(await told(fetch(wantedOf(c), { signal: AbortSignal.timeout(50) }))),
  )
  .get('/aborted/*', async (c) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    return c.json(await told(fetch(wantedOf(c), { signal: controller.signal })))
  })
  .get('/aborted-body/*', async (c) => {
    const controller = new AbortController()
    const response = await fetch(wantedOf(c), { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    return c.json(await told(Promise.resolve(response)))
  })
  .all('/handed-on/*', async (c) => fetch(wantedOf(c), { method: c.req.method }))
  .get('/copied/*', async (c) => {
    const response = await fetch(wantedOf(c))
    return new Response(response.body, response)
  })
  .get('/copied-text/*', async (c) => {
    const response = await fetch(wantedOf(c))
    return new Response(await response.text(), response)
  })
  .get('/piped/*', async (c) => {
    const response = await fetch(wantedOf(c))
    return new Response(response.body?.pipeThrough(new TransformStream()), response)
  })
  .get('/cloned/*', async (c) => {
    const response = (await fetch(wantedOf(c))).clone()
    return new Response(response.body, response)
  })
  .get('/headers-only/*', async (c) => {
    const { body, headers } = await fetch(wantedOf(c))
    return new Response(body, { headers })
  })
  .get('/with-header/*', async (c) => {
    const response = await fetch(wantedOf(c))
    c.header('X-Set', 'yes')
    return c.newResponse(response.body, response)
  })
  .use('/after/*', async (c, next) => {
    await next()
    c.header('X-After', 'yes')
  })
  .get('/after/*', async (c) => fetch(wantedOf(c)))
  .all('/proxied/*', async (c) => c.json(await fieldsOf(fetch(wantedOf(c), c.req.raw))))
  .all('/proxied-request/*', async (c) =>
    c.json(await fieldsOf(fetch(new Request(wantedOf(c), c.req.raw)))),
  )
  .all('/proxied-headers/*', async (c) => {
    const { method, headers } = c.req.raw
    return c.json(await fieldsOf(fetch(wantedOf(c), { method, headers, body: 'changed' })))
  })
