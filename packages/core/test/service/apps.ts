import { type App, defineApp, service } from '@mooring/core'
import { type Context, Hono } from 'hono'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A call of the service, as a test writes it down. */
export interface Call {
  readonly path: string
  readonly init?: RequestInit
  /** Whether a `Request` is made of them first. */
  readonly asRequest?: boolean
  /** Milliseconds after which its caller gives it up. */
  readonly abortMs?: number
  /** Sent one by one, in a stream. */
  readonly chunks?: readonly string[]
  /** Sent as the fields of a form. */
  readonly form?: Readonly<Record<string, string>>
  /** Its caller leaves the answer when it has so many bytes. */
  readonly leavesAfterBytes?: number
  /** Which service is called. @default other */
  readonly of?: 'other' | 'down' | 'drops'
}

/** What came of it. */
export type Outcome =
  | {
      readonly status: number
      readonly headers: readonly [string, string][]
      readonly body: string
    }
  | { readonly thrown: string }

/** The service that is called. */
export const calledApp: App = defineApp({
  name: 'called',
  setup: () =>
    new Hono()
      .get('/slow-head', async (c: Context) => {
        await wait(6_000)
        return c.text('late')
      })
      .get('/slow-body', (c: Context) => {
        const pull = async (controller: ReadableStreamDefaultController) => {
          await wait(3_000)
          controller.enqueue(new TextEncoder().encode('at last'))
          controller.close()
        }
        return c.body(new ReadableStream({ pull }, { highWaterMark: 0 }))
      })
      .get('/breaks', (c: Context) => {
        let sent = false
        const pull = async (controller: ReadableStreamDefaultController) => {
          if (sent) {
            await wait(100)
            controller.error(new Error('broken on purpose'))
          } else controller.enqueue(new TextEncoder().encode('a part'))
          sent = true
        }
        return c.body(new ReadableStream({ pull }, { highWaterMark: 0 }))
      })
      .get('/endless', (c: Context) => {
        const pull = async (controller: ReadableStreamDefaultController) => {
          await wait(2)
          controller.enqueue(new TextEncoder().encode('tick '))
        }
        return c.body(new ReadableStream({ pull }, { highWaterMark: 0 }))
      })
      .get('/status/:status', (c: Context) => c.body(null, Number(c.req.param('status')) as 204))
      .get('/cookies', (c: Context) => {
        c.header('Set-Cookie', 'a=1; Path=/')
        c.header('Set-Cookie', 'b=2', { append: true })
        return c.text('cookies')
      })
      .get('/redirect/again', (c: Context) => c.redirect('/redirect/again'))
      .all('/redirect/:status{[0-9]+}', (c: Context) =>
        // As an app that writes its own address: by a binding that is the one it was asked at.
        c.redirect(new URL('/elsewhere?a', c.req.url).href, Number(c.req.param('status')) as 302),
      )
      .get('/packed', async () => {
        const packed = new Blob(['packed '.repeat(50)]).stream()
        const body = await new Response(
          packed.pipeThrough(new CompressionStream('gzip')),
        ).arrayBuffer()
        // Workers compress by themselves what says that it is, unless they are told.
        const init: object = { headers: { 'Content-Encoding': 'gzip' }, encodeBody: 'manual' }
        return new Response(body, init)
      })
      .get('/redirect', (c: Context) => c.redirect('/elsewhere', 302))
      .get('/redirect/away', (c: Context) => c.redirect('http://away.invalid/', 307))
      .get('/throws', () => {
        throw new Error('on purpose')
      })
      .all('*', async (c: Context) => {
        const { host, pathname, search } = new URL(c.req.url)
        const names = ['content-type', 'x-own', 'x-request-id', 'traceparent', 'cookie']
        const ofConnection = ['keep-alive', 'te', 'upgrade', 'expect', 'x-hop']
        return c.json({
          method: c.req.method,
          host,
          path: pathname + search,
          headers: Object.fromEntries(names.map((name) => [name, c.req.header(name)])),
          connection: ofConnection.filter((name) => c.req.header(name) !== undefined),
          body: await c.req.text(),
        })
      }),
})

/** A body whose chunks come one after the other. */
function streamOf(chunks: readonly string[]): ReadableStream<Uint8Array> {
  const left = [...chunks]
  return new ReadableStream({
    async pull(controller) {
      await wait(2)
      const next = left.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(next))
    },
  })
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

/** Reads until there are so many bytes, and leaves the rest. */
async function read(response: Response, bytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= bytes) break
  }
  return text
}

/** Calls a service as it is told, and tells what came of it. */
export const callingApp: App = defineApp({
  name: 'calling',
  resources: {
    other: service({ timeoutMs: 2_000 }),
    down: service({ timeoutMs: 5_000 }),
    drops: service({ timeoutMs: 5_000 }),
  },
  setup: ({ resources }) =>
    new Hono().post('/', async (c: Context) => {
      const call = (await c.req.json()) as Call
      const { path, asRequest, abortMs, chunks, form, leavesAfterBytes, of = 'other' } = call
      const giveUp = new AbortController()
      if (abortMs !== undefined) setTimeout(() => giveUp.abort(new RangeError('given up')), abortMs)
      const options: RequestInit = {
        ...call.init,
        ...(abortMs !== undefined && { signal: giveUp.signal }),
        ...(chunks && ({ body: streamOf(chunks), duplex: 'half' } as RequestInit)),
        ...(form && { body: formOf(form) }),
      }
      const asked = asRequest ? new Request(new URL(path, 'http://any.invalid'), options) : path
      try {
        const called = resources[of]
        const response = await (asRequest
          ? called.fetch(c, asked)
          : called.fetch(c, asked, options))
        const headers = [...response.headers]
        const body = await read(response, leavesAfterBytes ?? Infinity)
        return c.json({ status: response.status, headers, body })
      } catch (error) {
        const { code, name } = error as { code?: string; name?: string }
        return c.json({ thrown: String(code ?? name).startsWith('MOORING_') ? code : name })
      }
    }),
})
