import { createMemoryKv } from '@mooring/core/adapter'
import { testApp, type TestApp } from '@mooring/core/testing'
import preview from 'preview'
import { afterEach, describe, expect, test, vi } from 'vitest'
import links from '../src/app.ts'
import { get, post } from './api.ts'
import { withStore } from './with-store.ts'

const url = 'https://example.com/page'

const answering = (answer: (request: Request) => Response | Promise<Response>) => ({
  preview: { fetch: async (request: Request) => answer(request) },
})

/** Makes a link and waits for its preview. */
async function previewOf(app: TestApp): Promise<unknown> {
  expect((await post(app, { url, slug: 'a' })).status).toBe(201)
  await app.settled()
  return (await get(app, 'a')).preview
}

afterEach(() => {
  vi.useRealTimers()
})

test('title and icon of the page are looked up after the link is made', async () => {
  let finish = () => {}
  const asked: string[] = []
  const app = await testApp(links, {
    services: answering(async (request) => {
      asked.push(request.url)
      await new Promise<void>((resolve) => (finish = resolve))
      return Response.json({ url, title: 'A page', icon: 'https://example.com/i.svg' })
    }),
  })
  const created = await (await post(app, { url, slug: 'a' })).json()
  expect(created.preview).toEqual({ status: 'pending' })
  expect(await get(app, 'a')).toMatchObject({ preview: { status: 'pending' } })
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  expect(asked).toEqual([`http://preview/title?url=${encodeURIComponent(url)}`])
  finish()
  await app.settled()
  const ready = { status: 'ready', title: 'A page', icon: 'https://example.com/i.svg' }
  expect(await get(app, 'a')).toMatchObject({ preview: ready })
  const page = await (await app.request('/api/links')).json()
  expect(page.links[0].preview).toEqual(ready)
})

test('the service is asked with the id of the request', async () => {
  let id: string | null = null
  const app = await testApp(links, {
    services: answering((request) => {
      id = request.headers.get('x-request-id')
      return Response.json({ url, title: null, icon: null })
    }),
  })
  const response = await post(app, { url }, { 'X-Request-Id': 'request-1' })
  expect(response.headers.get('x-request-id')).toBe('request-1')
  await app.settled()
  expect(id).toBe('request-1')
})

test('the real service is understood, also when it refuses', async () => {
  const service = await testApp(preview)
  const app = await testApp(links, { services: answering((request) => service.request(request)) })
  await post(app, { url: 'http://127.0.0.1:1/', slug: 'a' })
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({
    preview: {
      status: 'unavailable',
      reason: 'page',
      detail: '127.0.0.1 is not a public address.',
    },
  })
})

describe('a link works without its preview, and says what is missing', () => {
  test('where no service is attached', async () => {
    const app = await testApp(links)
    expect(await previewOf(app)).toMatchObject({ status: 'unavailable', reason: 'not-attached' })
    expect((await app.request('/a')).status).toBe(302)
  })

  test('where the service cannot be reached', async () => {
    const services = answering(() => {
      throw new TypeError('fetch failed')
    })
    const app = await testApp(links, { services })
    expect(await previewOf(app)).toMatchObject({ status: 'unavailable', reason: 'unreachable' })
    expect((await app.request('/a')).status).toBe(302)
  })

  test.each([
    ['the head', () => new Promise<void>(() => {})],
    ['the body', async () => {}],
  ])('where the service does not come to the end of %s', async (_, head) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const timeout = new AbortController()
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(timeout.signal)
    const asked = vi.fn<() => void>()
    const services = answering(async ({ signal }) => {
      asked()
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
      aborted.catch(() => {})
      await Promise.race([head(), aborted])
      const body = new ReadableStream({
        start: (controller) => void aborted.catch((error) => controller.error(error)),
      })
      return new Response(body)
    })
    const app = await testApp(links, { services })
    const found = previewOf(app)
    await vi.waitFor(() => expect(asked).toHaveBeenCalled())
    await vi.advanceTimersByTimeAsync(6_000)
    timeout.abort(new DOMException('', 'TimeoutError'))
    expect(await found).toMatchObject({ status: 'unavailable', reason: 'timeout' })
    expect((await app.request('/a')).status).toBe(302)
  })

  const problemJson = { 'Content-Type': 'application/problem+json' }
  test.each([
    ['an error', () => new Response('oops', { status: 500 })],
    ['an error in JSON', () => Response.json({ error: 'oops' }, { status: 500 })],
    ['a problem without detail', () => new Response('{}', { status: 500, headers: problemJson })],
    ['no JSON', () => new Response('<html>')],
    ['other JSON', () => Response.json({ name: 'A page' })],
    ['null', () => Response.json(null)],
    ['an icon that is a script', () => Response.json({ title: 'a', icon: 'javascript:alert(1)' })],
    ['too long a title', () => Response.json({ title: 'x'.repeat(501), icon: null })],
    ['a redirect', () => new Response(null, { status: 302, headers: { Location: '/' } })],
    ['nothing', () => new Response(null, { status: 204 })],
  ])('where the service answers with %s', async (_, answer) => {
    const app = await testApp(links, { services: answering(answer) })
    expect(await previewOf(app)).toMatchObject({ status: 'unavailable', reason: 'bad-answer' })
    expect((await app.request('/a')).status).toBe(302)
  })
})

test('a service that comes back is asked again, but not at once', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  let works = false
  const asked = vi.fn<() => void>()
  const app = await testApp(links, {
    services: answering(() => {
      asked()
      if (!works) throw new TypeError('fetch failed')
      return Response.json({ url, title: 'Back', icon: null })
    }),
  })
  await previewOf(app)
  works = true
  await get(app, 'a')
  await app.settled()
  expect(asked).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(61_000)
  expect(await get(app, 'a')).toMatchObject({ preview: { status: 'unavailable' } })
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({ preview: { status: 'ready', title: 'Back' } })
  vi.advanceTimersByTime(61_000)
  await get(app, 'a')
  await app.settled()
  expect(asked).toHaveBeenCalledTimes(2)
})

test('a preview whose process died over it is looked up by the next who asks', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const store = createMemoryKv()
  const dead = await testApp(withStore(links, store), {
    services: answering(() => new Promise(() => {})),
  })
  await post(dead, { url, slug: 'a' })
  vi.advanceTimersByTime(11_000)
  const app = await testApp(withStore(links, store), {
    services: answering(() => Response.json({ url, title: 'Found', icon: null })),
  })
  await get(app, 'a')
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({ preview: { status: 'ready', title: 'Found' } })
})

test('a client that leaves is no fault of the service', async () => {
  const left = new AbortController()
  const services = answering(({ signal }) => {
    left.abort()
    throw signal.reason ?? new Error('the abort was not passed on')
  })
  const app = await testApp(links, { services })
  await app.request('/api/links', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ url, slug: 'a' }),
    signal: left.signal,
  })
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({ preview: { status: 'pending' } })
})
