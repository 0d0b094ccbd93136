import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testApp, type TestApp } from '@mooring/core/testing'
import { hc } from 'hono/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import preview, { type PreviewApi } from '../src/app.ts'

/** A web server with pages of every kind. */
const pages: Record<string, RequestListener> = {
  '/good': (_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('<title>A good page</title><link rel=icon href=/i.svg><body>…')
  },
  '/latin1': (_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=iso-8859-1')
    response.end(Buffer.from('<meta charset=utf-8><title>caf\xe9</title>', 'latin1'))
  },
  '/meta': (_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(Buffer.from('<meta charset="windows-1252"><title>\x80 caf\xe9</title>', 'latin1'))
  },
  '/utf16': (_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(Buffer.from('\ufeff<title>caf\u00e9</title>', 'utf16le'))
  },
  '/no-such-charset': (_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=nonsense')
    response.end('<title>café</title>')
  },
  '/split': (_, response) => {
    response.setHeader('Content-Type', 'text/html')
    const bytes = Buffer.from(`<!--${'x'.repeat(2000)}--><title>café</title>`)
    const middle = bytes.indexOf(0xc3) + 1
    response.write(bytes.subarray(0, middle))
    setTimeout(() => response.end(bytes.subarray(middle)), 20)
  },
  '/redirect': (_, response) => response.writeHead(302, { Location: 'good' }).end(),
  '/loop': (_, response) => response.writeHead(301, { Location: '/loop' }).end(),
  '/nowhere': (_, response) => response.writeHead(302, { Location: 'http://[' }).end(),
  '/to-file': (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
  '/missing': (_, response) => response.writeHead(404).end('<title>not found</title>'),
  '/pdf': (_, response) => response.writeHead(200, { 'Content-Type': 'application/pdf' }).end(),
  '/typeless': (_, response) => response.end('<title>what am I</title>'),
  '/endless': (_, response) => {
    response.setHeader('Content-Type', 'text/html')
    const timer = setInterval(() => response.write('<!--'.padEnd(100_000, 'x').concat('-->')), 1)
    response.on('close', () => {
      clearInterval(timer)
      closedEarly = true
    })
  },
  '/late-title': (_, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!--${'x'.repeat(512 * 1024)}--><title>too late</title>`)
  },
  '/broken': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': '1000' })
    response.write('<title>a')
    setTimeout(() => response.destroy(), 20)
  },
  '/silent': () => {},
}

let closedEarly = false
let server: Server
let origin: string
let app: TestApp

beforeAll(async () => {
  server = createServer((request, response) => pages[request.url!]!(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  app = await testApp(preview, { env: { ALLOW_PRIVATE: 'true' } })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = (page: string, of: TestApp = app) =>
  of.request(`/title?url=${encodeURIComponent(new URL(page, origin).href)}`)

test('answers with title and icon, typed for its clients', async () => {
  const api = hc<PreviewApi>('http://preview', {
    fetch: (path: RequestInfo | URL, init?: RequestInit) => app.request(new Request(path, init)),
  })
  const response = await api.title.$get({ query: { url: `${origin}/good` } })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    url: `${origin}/good`,
    title: 'A good page',
    icon: `${origin}/i.svg`,
  })
})

test.each([
  ['of the header, before that of the page', '/latin1', 'café'],
  ['of the page itself', '/meta', '€ café'],
  ['of the byte order mark, before that of the header', '/utf16', 'café'],
  ['UTF-8, where the one named does not exist', '/no-such-charset', 'café'],
  ['across the pieces of the body', '/split', 'café'],
])('decodes with the charset %s', async (_, page, title) => {
  expect(await (await ask(page)).json()).toMatchObject({ title })
})

test('follows redirects, and says where it came to', async () => {
  expect(await (await ask('/redirect')).json()).toMatchObject({
    url: `${origin}/good`,
    title: 'A good page',
  })
})

test('reads the first 512 KB and lets go of the rest', async () => {
  closedEarly = false
  expect(await (await ask('/endless')).json()).toMatchObject({ title: null })
  await expect.poll(() => closedEarly).toBe(true)
  expect(await (await ask('/late-title')).json()).toMatchObject({ title: null })
})

describe('says what is wrong, as a problem', () => {
  test.each([
    [400, 'redirecting to another scheme', '/to-file'],
    [422, 'not HTML', '/pdf'],
    [422, 'of no type', '/typeless'],
    [502, 'an error', '/missing'],
    [502, 'redirecting for ever', '/loop'],
    [502, 'redirecting to nonsense', '/nowhere'],
    [502, 'breaking off', '/broken'],
    [502, 'not there', 'http://127.0.0.1:1/'],
  ])('%d for a page that is %s', async (status, _, page) => {
    const response = await ask(page)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('x-request-id')).toMatch(/./)
    const body = await response.json()
    expect(body).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) })
  })

  test('504 for a page that never answers', async () => {
    expect((await ask('/silent')).status).toBe(504)
  }, 15_000)

  test.each([
    ['no URL', '/title'],
    ['half a URL', '/title?url=example.com'],
    ['another scheme', '/title?url=ftp://example.com/'],
  ])('400 for %s, naming the parameter', async (_, path) => {
    const response = await app.request(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ field: 'url' }] })
  })

  test('403 for an address that is not public, unless that is allowed', async () => {
    const strict = await testApp(preview)
    const response = await ask('/good', strict)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ errors: [{ field: 'url' }] })
  })

  test('404 for any other path', async () => {
    const response = await app.request('/')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })
})

test('a client that leaves takes the fetch with it', async () => {
  const left = new AbortController()
  const url = encodeURIComponent(`${origin}/silent`)
  const asked = app.request(`/title?url=${url}`, { signal: left.signal })
  left.abort()
  expect((await asked).status).toBe(504)
})

test('a wrong setting stops the start', async () => {
  await expect(testApp(preview, { env: { ALLOW_PRIVATE: 'perhaps' } })).rejects.toMatchObject({
    code: 'MOORING_E_CONFIG',
  })
})
