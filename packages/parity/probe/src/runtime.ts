import { Hono } from 'hono'
import { isAskedFor } from './asked.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What one request keeps for another. */
const kept = new Map<string, Response>()

/** What happened after responses, and to requests whose client left. */
const happened = new Set<string>()

/** The name of what is thrown, or what comes of it. */
async function outcome(attempt: () => unknown): Promise<string> {
  try {
    return String(await attempt())
  } catch (error) {
    return error instanceof Error ? error.name : 'thrown'
  }
}

/** An empty module. */
const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])

/** `eval`, which a linter would not have called: here it is asked whether there is one. */
const evaluate = (text: string): unknown =>
  Reflect.apply(Reflect.get(globalThis, 'eval'), undefined, [text])

/** What the runtime lets code do, and what it does by itself. */
export const runtime: Hono = new Hono()
  .get('/eval', async (c) =>
    c.json([
      await outcome(() => evaluate('2')),
      await outcome(() => (new Function('return 2') as () => unknown)()),
      await outcome(() => typeof new WebAssembly.Module(wasm)),
    ]),
  )
  .get('/env', (c) => c.json(Object.keys(c.env as object).filter((name) => /^[a-z]/.test(name))))
  .get('/request', (c) => {
    const { redirect } = c.req.raw
    return c.json({ redirect, cf: 'cf' in c.req.raw })
  })
  .get('/outgoing/:redirect', async (c) => {
    const redirect = c.req.param('redirect') as RequestRedirect
    return c.json(await outcome(() => new Request('http://localhost/', { redirect }).redirect))
  })
  .get('/cache/:cache', async (c) => {
    const cache = c.req.param('cache') as RequestCache
    return c.json(await outcome(() => new Request('http://localhost/', { cache }).cache))
  })
  .get('/timer/:name', (c) => {
    setTimeout(() => happened.add(c.req.param('name')), 20)
    return c.body(null, 204)
  })
  .get('/waiting/:name', async (c) => {
    const name = c.req.param('name')
    const body = new ReadableStream({
      async pull(controller) {
        await wait(2)
        controller.enqueue(new TextEncoder().encode('data: tick\n\n'))
      },
    })
    const { signal } = c.req.raw
    const kind = () => (signal.reason instanceof Error ? 'an Error' : typeof signal.reason)
    signal.addEventListener('abort', () => happened.add(`${name}, ${kind()}`))
    return new Response(body)
  })
  .get('/later', async (c) => {
    await wait(100)
    return c.body(null, 204)
  })
  .post('/keep/:name', async (c) => {
    kept.set(c.req.param('name'), new Response(c.req.raw.clone().body))
    return c.text(await c.req.text())
  })
  .get('/keep/:name', (c) => {
    kept.set(c.req.param('name'), new Response('kept'))
    return c.body(null, 204)
  })
  .get('/kept/:name', async (c) =>
    c.json(await outcome(() => kept.get(c.req.param('name'))?.text())),
  )
  .get('/caches', (c) =>
    c.json(isAskedFor(c, 'type') && typeof (globalThis as { caches?: unknown }).caches),
  )
  .get('/refused', async (c) => c.json(await outcome(() => fetch('http://127.0.0.1:1/'))))
  .get('/happened/:name', (c) => c.json(happened.has(c.req.param('name'))))
