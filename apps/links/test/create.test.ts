import { testApp, type TestApp } from '@mooring/core/testing'
import { hc } from 'hono/client'
import { beforeEach, describe, expect, test } from 'vitest'
import links, { type LinksApi } from '../src/app.ts'
import { create, createExpired, get, post } from './api.ts'
import { expectProblem } from './problems.ts'

let app: TestApp

beforeEach(async () => {
  app = await testApp(links)
})

const url = 'https://example.com/a'
const dayMs = 86_400_000

/** A problem that names one field. */
const named = (field: string) => ({ errors: [{ field, detail: expect.stringMatching(/./) }] })

test('a link is made, and says where it is', async () => {
  const response = await post(app, { url, slug: 'a', expiresInDays: 2 })
  expect(response.status).toBe(201)
  expect(response.headers.get('location')).toBe('/api/links/a')
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const link = await response.json()
  expect(link).toEqual({
    slug: 'a',
    url,
    shortUrl: 'http://localhost/a',
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    expiresAt: expect.any(String),
    expired: false,
    clicks: 0,
    preview: expect.any(Object),
  })
  expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(2 * dayMs)
  expect(await get(app, 'a')).toEqual(link)
})

test('a slug is made up where none is given, and its life is 30 days', async () => {
  const link = await (await post(app, { url })).json()
  expect(link.slug).toMatch(/^[2-9a-km-np-z]{7}$/)
  expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(30 * dayMs)
})

test('Hono’s typed client works from the app’s type', async () => {
  const api = hc<LinksApi>('http://localhost', {
    fetch: (path: RequestInfo | URL, init?: RequestInit) => app.request(new Request(path, init)),
  }).api.links
  const created = await api.$post({ json: { url, slug: 'typed' } })
  const { shortUrl } = await created.json()
  expect(shortUrl).toBe('http://localhost/typed')
  const link = await (await api[':slug'].$get({ param: { slug: 'typed' } })).json()
  expect(link.clicks).toBe(0)
  const page = await (await api.$get({ query: { limit: '1' } })).json()
  expect(page.links[0]?.slug).toBe('typed')
  expect((await api[':slug'].$delete({ param: { slug: 'typed' } })).status).toBe(204)
})

describe('settings', () => {
  test('BASE_URL is where short links are, and where none may lead', async () => {
    const env = { BASE_URL: 'https://go.example/to/', TTL_DAYS: '7' }
    app = await testApp(links, { env })
    const link = await (await post(app, { url, slug: 'a' })).json()
    expect(link.shortUrl).toBe('https://go.example/to/a')
    expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(7 * dayMs)
    for (const own of ['https://go.example/to/a', 'http://localhost/a']) {
      const errors = [{ field: 'url', detail: 'Must not lead to this service itself.' }]
      await expectProblem(await post(app, { url: own }), 422, 'invalid-fields', { errors })
    }
  })

  test.each([
    ['BASE_URL', 'go.example'],
    ['BASE_URL', 'ftp://go.example'],
    ['TTL_DAYS', 'many'],
    ['TTL_DAYS', ''],
    ['TTL_DAYS', '0'],
    ['TTL_DAYS', '1.5'],
    ['TTL_DAYS', '3651'],
  ])('%s cannot be %j', async (name, value) => {
    await expect(testApp(links, { env: { [name]: value } })).rejects.toMatchObject({
      code: 'MOORING_E_CONFIG',
      why: expect.stringContaining(name),
    })
  })
})

describe('a body is refused', () => {
  const send = (body: string, type = 'application/json') =>
    app.request('/api/links', { method: 'POST', body, headers: { 'Content-Type': type } })

  test('with 400 where it is not JSON', async () => {
    await expectProblem(await send('{'), 400, 'malformed-json', named('body'))
  })

  test('with 413 where it has over 16 KB', async () => {
    const atLimit = JSON.stringify({ url, more: '' }).length
    const more = 'x'.repeat(16_384 - atLimit)
    await expectProblem(await post(app, { url, more }), 422, 'invalid-fields')
    await expectProblem(
      await post(app, { url, more: `${more}x` }),
      413,
      'body-too-large',
      named('body'),
    )
  })

  test('with 415 where it is something else', async () => {
    const response = await send(JSON.stringify({ url }), 'text/plain')
    expect(response.headers.get('accept')).toBe('application/json')
    await expectProblem(response, 415, 'unsupported-media-type', named('Content-Type'))
    const none = await app.request('/api/links', { method: 'POST' })
    await expectProblem(none, 415, 'unsupported-media-type', named('Content-Type'))
    const charset = await send(JSON.stringify({ url }), 'application/json; charset=latin1')
    await expectProblem(charset, 415, 'unsupported-media-type', named('Content-Type'))
  })

  test('with 422 where fields are wrong, all of them named', async () => {
    const response = await post(app, { url: 'ftp://a', slug: 'API', expiresInDays: -1 })
    await expectProblem(response, 422, 'invalid-fields', {
      errors: ['url', 'slug', 'expiresInDays'].map((field) => ({
        field,
        detail: expect.any(String),
      })),
    })
  })

  test('with 409 where the slug is taken, be it of a link that has expired', async () => {
    await create(app, 'a')
    const errors = [{ field: 'slug', detail: 'Is taken: choose another.' }]
    const taken = { errors, detail: 'The slug "a" belongs to another link.' }
    await expectProblem(await post(app, { url, slug: 'a' }), 409, 'slug-taken', taken)
    await createExpired(app, 'short')
    await expectProblem(await post(app, { url, slug: 'short' }), 409, 'slug-taken', { errors })
  })
})

describe('a key makes a request safe to repeat', () => {
  const key = { 'Idempotency-Key': '"8e03978e"' }

  test('the same request gets the same answer, marked', async () => {
    const first = await post(app, { url }, key)
    expect(first.headers.has('idempotent-replayed')).toBe(false)
    const again = await post(app, { url }, key)
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await again.json()).toEqual(await first.json())
  })

  test('what makes no difference to the link makes none here', async () => {
    await post(app, { url, slug: 'a' }, key)
    const again = await post(app, { slug: 'a', url: 'HTTPS://EXAMPLE.com/a' }, key)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  test('another request with the key is refused', async () => {
    await post(app, { url }, key)
    const other = await post(app, { url: `${url}/other` }, key)
    await expectProblem(other, 422, 'idempotency-key-reused', named('Idempotency-Key'))
  })

  test('many at the same time make one link', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(app, { url }, key)))
    for (const response of responses) {
      if (response.status === 201) continue
      await expectProblem(response, 409, 'request-in-progress', named('Idempotency-Key'))
    }
    expect(responses.some((response) => response.status === 201)).toBe(true)
    const page = await (await app.request('/api/links')).json()
    expect(page.links).toHaveLength(1)
  })

  test('a request that was refused can be mended under the same key', async () => {
    expect((await post(app, { url: 'nonsense' }, key)).status).toBe(422)
    await create(app, 'taken')
    expect((await post(app, { url, slug: 'taken' }, key)).status).toBe(409)
    expect((await post(app, { url, slug: 'free' }, key)).status).toBe(201)
  })

  test('a key that is none is refused before anything is made', async () => {
    const response = await post(app, { url }, { 'Idempotency-Key': '""' })
    await expectProblem(response, 400, 'invalid-idempotency-key', {
      errors: [
        { field: 'Idempotency-Key', detail: expect.stringMatching(/double quotes.*bare word/) },
      ],
    })
    expect((await (await app.request('/api/links')).json()).links).toEqual([])
  })

  test('without a key each request makes a link', async () => {
    await post(app, { url })
    await post(app, { url })
    expect((await (await app.request('/api/links')).json()).links).toHaveLength(2)
  })
})
