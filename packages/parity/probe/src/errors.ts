import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'

/** What can be thrown, by the name of its kind. */
const thrown: Readonly<Record<string, () => unknown>> = {
  error: () => new Error('the secret of the house'),
  'type-error': () => new TypeError('the secret of the house'),
  'http-401': () => new HTTPException(401, { message: 'who are you' }),
  'http-503': () =>
    new HTTPException(503, {
      res: new Response('busy', { status: 503, headers: { 'Retry-After': '1' } }),
    }),
  aggregate: () => new AggregateError([new Error('one')], 'the secret of the house'),
  dom: () => new DOMException('the secret of the house', 'AbortError'),
}

/** What Hono does not take for an error: the server gets it. */
const bare: Readonly<Record<string, () => unknown>> = {
  text: () => 'the secret of the house',
  number: () => 7,
  null: () => null,
  undefined: () => undefined,
  object: () => ({ message: 'the secret of the house' }),
}

const deep = (depth: number): number => deep(depth + 1) + 1

const secret = (): never => {
  throw new Error('the secret of the house')
}

/** Faults that a handler has no hand in any more, or that look like an answer. */
const faults: Readonly<Record<string, (c: Context) => Response | Promise<Response>>> = {
  deep: (c) => c.json(deep(0)),
  'deep-later': async (c) => {
    await wait(1)
    return c.json(deep(0))
  },
  'start-throws': () => new Response(new ReadableStream({ start: secret })),
  'pull-throws': () => new Response(new ReadableStream({ pull: secret }, { highWaterMark: 0 })),
  'cancel-throws': () => {
    const body = new ReadableStream({
      async pull(controller) {
        await wait(2)
        controller.enqueue(new TextEncoder().encode('part'))
      },
      cancel: secret,
    })
    return new Response(body)
  },
  'no-bytes': () => {
    const body = new ReadableStream({
      async pull(controller) {
        await wait(2)
        controller.enqueue({ secret: 'of the house' })
      },
    })
    return new Response(body)
  },
  locked: () => {
    const response = new Response(new ReadableStream())
    response.body?.getReader()
    return response
  },
  'text-that-throws': (c) => {
    const text = { toString: secret } as unknown as string
    return c.body(text)
  },
  'late-rejection': (c) => {
    setTimeout(() => void Promise.reject(new Error('nobody awaits this')), 5)
    return c.text('answered')
  },
  'wait-until-throws': (c) => {
    c.executionCtx.waitUntil(wait(1).then(secret))
    return c.text('answered')
  },
  'json-that-throws': (c) => c.json({ toJSON: secret }),
  'cyclic-json': (c) => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    return c.json(cyclic as object)
  },
  'symbol-header': (c) => {
    c.header('X-Symbol', Symbol('a') as unknown as string)
    return c.text('text')
  },
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const handled = new Hono()
  .onError((error, c) => c.text(`handled ${error.name}`, 418))
  .get('/throw/:kind', (c) => {
    throw thrown[c.req.param('kind')]?.()
  })
  .get('/status/:status', (c) => new Response('text', { status: Number(c.req.param('status')) }))
  .get('/header/:value', (c) => c.body('text', 200, { 'X-Value': c.req.param('value') }))

/** Handlers that fail, in every way and at every moment. */
export const errors: Hono = new Hono()
  .route('/handled', handled)
  .get('/sync/:kind', (c) => {
    throw thrown[c.req.param('kind')]?.()
  })
  .get('/async/:kind', async (c) => {
    await wait(1)
    throw thrown[c.req.param('kind')]?.()
  })
  .get('/bare-sync/:kind', (c) => {
    throw bare[c.req.param('kind')]?.()
  })
  .get('/bare-async/:kind', async (c) => {
    await wait(1)
    throw bare[c.req.param('kind')]?.()
  })
  .get('/floating', (c) => {
    void Promise.reject(new Error('nobody awaits this'))
    return c.text('answered')
  })
  .get('/floating-later', (c) => {
    c.executionCtx.waitUntil(wait(1).then(() => Promise.reject(new Error('nobody awaits this'))))
    return c.text('answered')
  })
  .get('/later/:by', (c) => {
    c.executionCtx.waitUntil(wait(50))
    const by = c.req.param('by')
    const fail = () => {
      throw new Error(`thrown by a ${by}`)
    }
    if (by === 'timer') setTimeout(fail, 1)
    if (by === 'microtask') queueMicrotask(fail)
    if (by === 'listener') {
      const target = new EventTarget()
      target.addEventListener('happened', fail)
      target.dispatchEvent(new Event('happened'))
    }
    return c.text('answered')
  })
  .get('/never', () => new Promise<Response>(() => {}))
  .get('/nothing', () => undefined as unknown as Response)
  .get('/null', () => null as unknown as Response)
  .get('/object', () => ({ status: 200 }) as unknown as Response)
  .get('/stream/at-once', () => {
    const body = new ReadableStream({
      start: (controller) => controller.error(new Error('the secret of the house')),
    })
    return new Response(body)
  })
  .get('/stream/after-bytes', () => {
    let pulls = 0
    const body = new ReadableStream({
      async pull(controller) {
        await wait(20)
        pulls += 1
        if (pulls > 2) controller.error(new Error('the secret of the house'))
        else controller.enqueue(new TextEncoder().encode('part'))
      },
    })
    return new Response(body)
  })
  .get('/fault/:kind', (c) => faults[c.req.param('kind')]!(c))
  .get('/read-used', async () => {
    const response = new Response('text')
    await response.text()
    return response
  })
  .get('/http-exception/:status', (c) => {
    throw new HTTPException(Number(c.req.param('status')) as 400, { message: 'as it is' })
  })
