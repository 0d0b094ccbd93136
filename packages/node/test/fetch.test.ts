import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

let server: Server
beforeAll(async () => {
  server = await startServer('fetch.ts')
})
afterAll(killAll)

const ask = (path: string, init?: RequestInit) => fetch(server.url + path, init)
const post = (path: string, body: BodyInit) => ask(path, { method: 'POST', body })
const raw = (head: string) => rawConnect(server.port, `${head}\r\nHost: a\r\n`)

test.each([0, 200])('a body that comes in parts is whole, read after %d ms', async (ms) => {
  const client = await raw(`POST /late HTTP/1.1\r\nX-Wait: ${ms}\r\nTransfer-Encoding: chunked`)
  client.socket.write('Connection: close\r\n\r\n')
  for (const part of ['one', 'two', 'three']) {
    client.socket.write(`${part.length}\r\n${part}\r\n`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  client.socket.write('0\r\n\r\n')
  expect(await client.closed).toMatch(/\r\n\r\nonetwothree$/)
})

test.each(['POST', 'GET'])('%s without a body has an empty one', async (method) => {
  const response = await ask('/late', { method, headers: { 'X-Wait': '0' } })
  expect([response.status, await response.text()]).toEqual([200, ''])
})

test('a body can be read once, and a copy of it as well', async () => {
  expect(await (await post('/twice', 'body')).json()).toEqual(['body', 'TypeError', true])
  expect(await (await post('/clone', '{"a":1}')).json()).toEqual([{ a: 1 }, { a: 1 }])
})

test('a body is a form, bytes, a stream, and what another request is made of', async () => {
  const form = new FormData()
  form.set('name', 'value')
  expect(await (await post('/form', form)).json()).toEqual({ name: 'value' })
  const bytes = new Uint8Array(100_000).map((_, index) => index)
  for (const path of ['/bytes', '/stream']) {
    const answer = await post(path, bytes)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
  }
  expect(await (await post('/pass-on', 'body')).json()).toEqual(['POST', 'on', 'body'])
})

test('a request can be asked again, body and all, and what it looks like can be printed', async () => {
  const again = await post('/ask-again', 'body')
  expect([await again.text(), again.headers.get('x-type')]).toEqual([
    'body',
    'text/plain;charset=UTF-8',
  ])
  expect(await (await post('/stream-out', 'body')).text()).toBe('body')
  expect(await (await ask('/inspect')).text()).toMatch(/^Request {[^]*url: '[^]*'user-agent'/)
  const names = ['Request', 'Response', '[object Request]', '[object Response]', 'GET']
  expect(await (await ask('/names')).json()).toEqual(names)
})

test('the signal of a request aborts when its client goes away', async () => {
  const client = await raw('GET /signal HTTP/1.1')
  client.socket.write('\r\n')
  await new Promise((resolve) => setTimeout(resolve, 50))
  client.socket.destroy()
  const reason = async () => (await ask('/aborted')).text()
  await expect.poll(reason, { timeout: 20_000 }).not.toBe('')
  expect(await reason()).toMatch(/^Error: (aborted|the client went away)$/)
})

test('a response without the type of its text has none, and its headers are its own', async () => {
  for (const path of ['/untyped', '/untyped-copy']) {
    const { headers } = await ask(path)
    expect([path, headers.get('content-type')]).toEqual([path, null])
  }
  expect((await ask('/iterable')).headers.get('x-a')).toBe('a')
  expect(await (await ask('/own-headers')).json()).toEqual(['a', false, 'b'])
})

test('the next request comes after a body that nobody read', async () => {
  const client = await raw('POST /unread HTTP/1.1\r\nContent-Length: 6')
  client.socket.write('\r\nabc')
  await expect.poll(client.received, { timeout: 20_000 }).toMatch(/unread$/)
  client.socket.write('defGET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await client.closed).toMatch(/unreadHTTP\/1\.1 200 OK\r\n[^]*Content-Length: 0\r\n\r\n$/)
})

test('the next request comes after a body that is cancelled behind the answer', async () => {
  const client = await raw('POST /cancel-late HTTP/1.1\r\nContent-Length: 6')
  client.socket.write('\r\nabc')
  const isCancelled = async () => (await ask('/cancelled')).json()
  await expect.poll(isCancelled, { timeout: 20_000, interval: 10 }).toBe(true)
  client.socket.write('defGET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n')
  // Longer than what is left of a body may take.
  client.socket.write('X-Wait: 1500\r\n\r\n')
  expect(await client.closed).toMatch(/earlyHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/)
})

test('a request and its headers are those of the standard', async () => {
  const client = await raw('GET /request HTTP/1.1\r\nX-List: a\r\nx-list: b\r\nCookie: a=1')
  client.socket.write('Cookie: b=2\r\nConnection: close\r\n\r\n')
  const [, body] = (await client.closed).split('\r\n\r\n')
  expect(JSON.parse(body!)).toEqual({
    isRequest: true,
    hasHeaders: true,
    list: 'a, b',
    missing: null,
    cookie: 'a=1; b=2',
    names: ['connection', 'cookie', 'host', 'x-list'],
    mode: 'cors',
    bodyUsed: false,
  })
})

test.each([
  ['/cookies', 200, 'two', { 'content-type': 'text/plain;charset=UTF-8', 'x-name': 'value' }],
  ['/changed', 201, 'text', { 'x-later': 'set' }],
  [
    '/real',
    200,
    'a=b',
    { 'content-length': '3', 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
  ],
  ['/empty', 200, '', { 'content-length': '0' }],
  ['/not-modified', 304, '', { etag: '"a"' }],
  ['/redirect', 302, '', { location: 'https://example.com/' }],
  ['/is-response', 200, '[true,true]', { 'content-type': 'application/json' }],
  ['/sent', 202, 'sent', { 'content-length': '4' }],
])('the response of %s goes out as it is', async (path, status, body, headers) => {
  const response = await ask(path, { redirect: 'manual' })
  expect([response.status, await response.text()]).toEqual([status, body])
  expect(Object.fromEntries(response.headers)).toMatchObject(headers)
  const cookies = path === '/cookies' ? ['a=1', 'b=2'] : []
  expect(response.headers.getSetCookie()).toEqual(cookies)
})
