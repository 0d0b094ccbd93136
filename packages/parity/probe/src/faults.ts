import { background } from '@mooring/core'
import { type Context, Hono } from 'hono'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const secret = (): never => {
  throw new Error('the secret of the house')
}

/** What is awaited, and throws then. */
const thenable = (): object => new Proxy({}, { get: (_, name) => name === 'then' && secret })

/** An error of which one thing that is read throws. */
function withThrowing(name: 'message' | 'stack' | 'name' | 'toString' | 'cause'): Error {
  const get = name === 'toString' ? () => secret : secret
  return Object.defineProperty(new Error('shown'), name, { get })
}

/** All of whose traps throw. */
const untouchable = (): object =>
  new Proxy(new Error('the secret of the house'), {
    get: secret,
    has: secret,
    getPrototypeOf: secret,
    ownKeys: secret,
    getOwnPropertyDescriptor: secret,
  })

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable(new Error('the secret of the house'), {})
  revoke()
  return proxy
}

function causedByItself(): Error {
  const error = new Error('the secret of the house')
  error.cause = error
  return error
}

function causedDeeply(): Error {
  let error = new Error('the secret of the house')
  for (let depth = 0; depth < 20_000; depth++) error = new Error('deeper', { cause: error })
  return error
}

/** What no code that handles errors likes to get. */
export const odd: Readonly<Record<string, () => unknown>> = {
  message: () => withThrowing('message'),
  stack: () => withThrowing('stack'),
  name: () => withThrowing('name'),
  'to-string': () => withThrowing('toString'),
  cause: () => withThrowing('cause'),
  untouchable,
  revoked,
  'own-cause': causedByItself,
  'deep-cause': causedDeeply,
  frozen: () => Object.freeze(new Error('the secret of the house')),
  'frozen-object': () => Object.freeze({ message: 'the secret of the house' }),
  bare: () => Object.create(null),
  'to-json': () => Object.assign(new Error('the secret of the house'), { toJSON: secret }),
  'to-primitive': () => ({ [Symbol.toPrimitive]: secret, toJSON: secret }),
  symbol: () => Symbol('the secret of the house'),
  bigint: () => 7n,
  function: () => secret,
  undefined: () => undefined,
  null: () => null,
  'get-response': () => Object.assign(new Error('shown'), { getResponse: secret }),
  'no-response': () => Object.assign(new Error('shown'), { getResponse: () => 'no response' }),
}

const stream = (source: UnderlyingDefaultSource<unknown>): ReadableStream<any> =>
  new ReadableStream(source, { highWaterMark: 0 })

const bytes = (text: string) => new TextEncoder().encode(text)

let kept: Response | undefined

/** What a handler can hand back that is no answer, or no good one. */
const returned: Readonly<Record<string, (c: Context) => unknown>> = {
  number: () => 7,
  text: () => 'no response',
  array: () => [],
  function: () => secret,
  'empty-object': () => ({}),
  'fake-response': () => ({ status: 200, headers: new Headers(), body: 'no response' }),
  untouchable,
  revoked,
  'thenable-that-throws': () => thenable(),
  'promise-of-undefined': () => Promise.resolve(undefined),
  'error-response': () => Response.error(),
  'promise-of-error-response': () => Promise.resolve(Response.error()),
  'an-error': () => new Error('the secret of the house'),
  'a-request': (c) => c.req.raw,
  'a-class': () => Response,
  'of-no-class': () => Object.create(Response.prototype),
  'detached-buffer': () => {
    const buffer = new ArrayBuffer(8)
    structuredClone(buffer, { transfer: [buffer] })
    return new Response(buffer)
  },
  'detached-view': () => {
    const view = new Uint8Array(8)
    structuredClone(view.buffer, { transfer: [view.buffer] })
    return new Response(view)
  },
  'detached-later': () => {
    const view = new Uint8Array(8)
    const response = new Response(view)
    structuredClone(view.buffer, { transfer: [view.buffer] })
    return response
  },
  'changed-later': () => {
    const view = bytes('first')
    const response = new Response(view)
    view.fill(120)
    return response
  },
  'headers-changed-later': () => {
    const response = new Response('text', { headers: { 'X-A': 'before' } })
    setTimeout(() => {
      response.headers.set('X-A', 'after')
      response.headers.append('X-B', 'after')
    }, 1)
    return response
  },
  'read-later': () => {
    const response = new Response('text')
    setTimeout(() => void response.text().catch(() => {}), 1)
    return response
  },
  'locked-later': () => {
    const response = new Response(
      stream({
        pull: async (c) => {
          await wait(5)
          c.enqueue(bytes('a'))
          c.close()
        },
      }),
    )
    setTimeout(() => {
      try {
        response.body!.getReader()
      } catch {}
    }, 1)
    return response
  },
  'kept-empty': () => (kept ??= new Response(null, { status: 204 })),
  cancelled: async () => {
    const response = new Response(stream({ pull: (c) => c.enqueue(bytes('a')) }))
    await response.body!.cancel()
    return response
  },
  'huge-array': () => new Response(new Uint8Array(2 ** 53)),
  'huge-list': () => new Response(String(Array.from({ length: 2 ** 32 }))),
  'bad-uri': () => new Response(decodeURIComponent('%')),
  'large-field': () => new Response('text', { headers: { 'X-Large': 'a'.repeat(200_000) } }),
}

/** Streams that break, after a first part where that is asked for. */
const breaking: Readonly<Record<string, () => ReadableStream<any>>> = {
  'reject-undefined': () => stream({ pull: () => Promise.reject(undefined) }),
  'reject-null': () => stream({ pull: () => Promise.reject(null) }),
  'reject-revoked': () => stream({ pull: () => Promise.reject(revoked()) }),
  'error-undefined': () => stream({ pull: (controller) => controller.error() }),
  'enqueue-null': () => stream({ pull: (controller) => controller.enqueue(null) }),
  'enqueue-number': () => stream({ pull: (controller) => controller.enqueue(7) }),
  'enqueue-revoked': () => stream({ pull: (controller) => controller.enqueue(revoked()) }),
  'enqueue-after-close': () =>
    stream({
      pull(controller) {
        controller.enqueue(bytes('part'))
        controller.close()
        controller.enqueue(bytes('more'))
      },
    }),
  'close-twice': () =>
    stream({
      pull(controller) {
        controller.enqueue(bytes('part'))
        controller.close()
        controller.close()
      },
    }),
  'transform-throws': () =>
    stream({ pull: (c) => c.enqueue(bytes('part')) }).pipeThrough(
      new TransformStream({ transform: secret }),
    ),
  'flush-throws': () =>
    stream({ pull: (c) => c.close() }).pipeThrough(new TransformStream({ flush: secret })),
  'bytes-throws': () => new ReadableStream({ type: 'bytes', pull: secret }),
}

/** The first part comes, then the break. */
function afterPart(broken: ReadableStream<any>): ReadableStream<any> {
  const reader = broken.getReader()
  let begun = false
  return stream({
    async pull(controller) {
      if (!begun) {
        begun = true
        controller.enqueue(bytes('begun'))
        return
      }
      await wait(20)
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

/** What goes wrong when the answer is out, or beside it. */
const beside: Readonly<Record<string, (c: Context, kind: string) => void>> = {
  floating: (_c, kind) => void Promise.reject(odd[kind]!()),
  timer: (c, kind) => {
    c.executionCtx.waitUntil(wait(20))
    setTimeout(() => {
      throw odd[kind]!()
    }, 1)
  },
  microtask: (_c, kind) =>
    queueMicrotask(() => {
      throw odd[kind]!()
    }),
  listener: (_c, kind) => {
    const target = new EventTarget()
    target.addEventListener('happened', () => {
      throw odd[kind]!()
    })
    target.dispatchEvent(new Event('happened'))
  },
  'wait-until': (c, kind) => c.executionCtx.waitUntil(Promise.reject(odd[kind]!())),
  background: (c, kind) => background(c, Promise.reject(odd[kind]!()), 'odd work'),
  'background-throws': (c, kind) =>
    background(
      c,
      () => {
        throw odd[kind]!()
      },
      'odd work',
    ),
  'abort-listener': (c, kind) => {
    c.executionCtx.waitUntil(wait(20))
    const abort = new AbortController()
    abort.signal.addEventListener('abort', () => {
      throw odd[kind]!()
    })
    abort.abort(odd[kind]!())
  },
  'wait-until-nothing': (c) => c.executionCtx.waitUntil(undefined as never),
  'wait-until-text': (c) => c.executionCtx.waitUntil('text' as never),
  'wait-until-thenable': (c) => c.executionCtx.waitUntil(thenable() as never),
}

/** Faults that are meant to be missed. */
export const faults: Hono = new Hono()
  .get('/sync/:kind', (c) => {
    throw odd[c.req.param('kind')]!()
  })
  .get('/async/:kind', async (c) => {
    await wait(1)
    throw odd[c.req.param('kind')]!()
  })
  .get('/reject/:kind', (c) => Promise.reject(odd[c.req.param('kind')]!()))
  .get('/returned/:kind', (c) => returned[c.req.param('kind')]!(c) as Response)
  .get('/returned-later/:kind', async (c) => {
    await wait(1)
    return returned[c.req.param('kind')]!(c) as Response
  })
  .get('/breaking/:kind', (c) => new Response(breaking[c.req.param('kind')]!()))
  .get('/breaking-later/:kind', (c) => new Response(afterPart(breaking[c.req.param('kind')]!())))
  .get('/beside/:how/:kind', (c) => {
    beside[c.req.param('how')]!(c, c.req.param('kind'))
    return c.text('answered')
  })
