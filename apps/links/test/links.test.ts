import { MooringError, type Kv } from '@mooring/core'
import { createMemoryKv } from '@mooring/core/adapter'
import { testApp, type TestApp } from '@mooring/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import links from '../src/app.ts'
import { create, get, post } from './api.ts'
import { expectProblem } from './problems.ts'
import { withStore } from './with-store.ts'

let app: TestApp
let store: Kv

beforeEach(async () => {
  store = createMemoryKv()
  app = await testApp(withStore(links, store))
})

const list = async (query = '') => (await app.request(`/api/links${query}`)).json()

describe('the list', () => {
  test('is empty at first', async () => {
    expect(await list()).toEqual({ links: [], nextCursor: null })
  })

  test('has each link as it is, the newest first, page by page', async () => {
    const slugs = ['a', 'b', 'c', 'd', 'e']
    for (const slug of slugs) {
      await create(app, slug)
      // Two links of one millisecond have no order.
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await app.request('/c')
    await app.settled()
    const seen: { slug: string }[] = []
    let query = '?limit=2'
    for (;;) {
      const page = await list(query)
      seen.push(...page.links)
      if (page.nextCursor === null) break
      query = `?limit=2&cursor=${page.nextCursor}`
    }
    expect(seen.map(({ slug }) => slug)).toEqual(slugs.toReversed())
    expect(seen[2]).toEqual(await get(app, 'c'))
    expect(seen[2]).toMatchObject({ clicks: 1 })
  })

  test.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=101'],
    ['limit', '?limit=ten'],
    ['cursor', '?cursor='],
    ['cursor', '?cursor=nonsense'],
    ['cursor', `?cursor=${btoa('links:not of this store')}`],
  ])('400 for a wrong %s: %s', async (field, query) => {
    await expectProblem(await app.request(`/api/links${query}`), 400, 'invalid-query', {
      errors: [{ field, detail: expect.any(String) }],
    })
  })
})

test('HEAD of the list and of a link answers like GET, without a body', async () => {
  await create(app, 'a')
  for (const path of ['/api/links', '/api/links/a', '/api/links/a/live']) {
    const response = await app.request(path, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  }
})

test('404 for a link that is not there', async () => {
  for (const path of ['/nope', '/NOPE', '/nope/live']) {
    const detail = `No link has the slug "${path.split('/')[1]}".`
    await expectProblem(await app.request(`/api/links${path}`), 404, 'unknown-link', { detail })
  }
  const response = await app.request('/api/links/nope', { method: 'DELETE' })
  await expectProblem(response, 404, 'unknown-link')
})

test.each([
  ['PUT', '/api/links', 'GET, HEAD, POST'],
  ['PATCH', '/api/links/a', 'GET, HEAD, DELETE'],
  ['POST', '/api/links/a/live', 'GET, HEAD'],
])('405 for %s %s, with the methods there are', async (method, path, allow) => {
  const response = await app.request(path, { method })
  expect(response.headers.get('allow')).toBe(allow)
  await expectProblem(response, 405, 'method-not-allowed')
})

test('a deleted link leaves nothing, and its slug begins anew', async () => {
  await create(app, 'a')
  await app.request('/a')
  await app.settled()
  const response = await app.request('/api/links/a', { method: 'DELETE' })
  expect(response.status).toBe(204)
  expect(await response.text()).toBe('')
  expect((await app.request('/api/links/a')).status).toBe(404)
  await app.settled()
  expect(await store.list()).toEqual({ keys: [] })

  await create(app, 'a')
  expect(await get(app, 'a')).toMatchObject({ clicks: 0 })
})

test('clicks of the link before, written late, are not counted for the next', async () => {
  await create(app, 'a')
  const late = app.request('/a')
  await app.request('/api/links/a', { method: 'DELETE' })
  await create(app, 'a')
  await late
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({ clicks: 0 })
})

describe('a store that fails', () => {
  const failing = async (error: Error) =>
    testApp(
      withStore(links, {
        ...store,
        get: async () => {
          throw error
        },
      }),
    )

  test('is 503 where it cannot be reached, and says nothing of the inside', async () => {
    const message = 'redis://user:secret@store is down'
    app = await failing(new MooringError('MOORING_E_KV_UNREACHABLE', { message }))
    const response = await app.request('/a')
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.clone().text()).not.toContain('redis')
    await expectProblem(response, 503, 'store-unavailable')
  })

  test('is 500 for anything else, with the reason in the log alone', async () => {
    app = await failing(new Error('an inner secret'))
    const response = await post(app, { url: 'https://example.com/', slug: 'a' })
    expect(await response.clone().text()).not.toContain('secret')
    await expectProblem(response, 500, 'internal-error')
    const requestId = response.headers.get('x-request-id')
    expect(JSON.stringify(app.logs)).toContain('an inner secret')
    expect(app.logs).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'request failed', requestId }),
    )
  })
})
