import { testApp, type TestApp } from '@mooring/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import links from '../src/app.ts'
import { create, createExpired, get } from './api.ts'
import { expectProblem } from './problems.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let app: TestApp

beforeEach(async () => {
  app = await testApp(links)
  await create(app, 'a')
})

test('leads on, and counts the click after the response', async () => {
  for (const clicks of [1, 2]) {
    const response = await app.request('/a')
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://example.com/a')
    expect(response.headers.get('cache-control')).toBe('no-store')
    await app.settled()
    expect(await get(app, 'a')).toMatchObject({ clicks })
  }
})

test('HEAD says where it leads and is no click', async () => {
  const response = await app.request('/a', { method: 'HEAD' })
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe('https://example.com/a')
  await app.settled()
  expect(await get(app, 'a')).toMatchObject({ clicks: 0 })
})

test('410 once it has expired, and no click', async () => {
  await createExpired(app, 'short')
  await expectProblem(await app.request('/short'), 410, 'link-expired')
  await app.settled()
  expect(await get(app, 'short')).toMatchObject({ expired: true, clicks: 0 })
})

test.each(['/nope', '/A', '/a.b', `/${'a'.repeat(65)}`, '/%00', '/%E0%A4%A', '/__proto__'])(
  '404 for %s',
  async (path) => {
    await expectProblem(await app.request(path), 404, 'unknown-link')
  },
)

test.each(['/a/b', '/js', '/static'])('404 for %s', async (path) => {
  await expectProblem(await app.request(path), 404, 'not-found')
})

describe.each(['/api', '/api/', '/api/nothing', '/api/links/a/nothing'])('%s', (path) => {
  test.each(['GET', 'POST', 'DELETE'])('is a problem for %s, whoever asks', async (method) => {
    const init = { method, headers: { Accept: browser } }
    await expectProblem(await app.request(path, init), 404, 'not-found')
  })
})

test('404 once it is deleted', async () => {
  await app.request('/api/links/a', { method: 'DELETE' })
  await expectProblem(await app.request('/a'), 404, 'unknown-link')
})

test('405 for other methods, with those there are', async () => {
  const response = await app.request('/a', { method: 'POST' })
  expect(response.headers.get('allow')).toBe('GET, HEAD')
  await expectProblem(response, 405, 'method-not-allowed')
})

describe('a person gets a page', () => {
  test.each([
    ['/nope', 404, 'There is no such link'],
    ['/short', 410, 'The link has expired'],
    ['/no/such/page', 404, 'There is nothing here'],
  ])('for %s', async (path, status, title) => {
    await createExpired(app, 'short')
    const response = await app.request(path, { headers: { Accept: browser } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8$/i)
    expect(response.headers.get('vary')).toBe('Accept')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(await response.text()).toContain(`<h1>${title}</h1>`)
  })

  test.each([undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5'])(
    'unless its Accept is %s',
    async (accept) => {
      const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept }
      await expectProblem(await app.request('/nope', { headers }), 404, 'unknown-link')
    },
  )
})
