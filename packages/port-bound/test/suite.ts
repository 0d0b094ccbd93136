import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unreadLimits } from '../src/unread-limits.ts'
import { killAll, rawConnect } from '../../node/test/process.ts'
import { conformCases } from './conform-cases.ts'
import { drainCases } from './drain-cases.ts'
import { type RuntimeName, type Running, start } from './launch.ts'
import { queueCases } from './queue-cases.ts'
import { startCases } from './start-cases.ts'

/** What every adapter does that calls `fetch`, in real processes of its runtime. */
export function fetchServerSuite(runtime: RuntimeName): void {
  describe('requests', () => {
    let server: Running
    beforeAll(async () => {
      server = await start(runtime, 'app.ts', {
        GREETING: 'hello',
        BODY_LIMIT: '1kb',
        RESPONSE_TIMEOUT: '500ms',
        TRUSTED_PROXIES: 'loopback',
        ALLOWED_HOSTS: '127.0.0.1,localhost,example.com',
      })
    })
    afterAll(killAll)
    requestCases(() => server)
  })
  describe('the start', () => {
    startCases(runtime)
  })
  describe('the end', () => {
    drainCases(runtime)
  })
  describe('queues', () => {
    queueCases(runtime)
  })
  describe('the contract of port binding', () => {
    conformCases(runtime)
  })
}

function requestCases(server: () => Running): void {
  const ask = (path: string, init?: RequestInit) => fetch(`${server().url}${path}`, init)
  const text = async (path: string, init?: RequestInit) => (await ask(path, init)).text()

  /** The answer to a request that `fetch` would not send, over a connection that is then closed. */
  async function raw(head: string, body = ''): Promise<string> {
    const { closed, received, socket } = await rawConnect(server().port, `${head}\r\n\r\n${body}`)
    await expect.poll(received).toMatch(/\r\n\r\n[^]*/)
    socket.end()
    return closed
  }

  test('c.env holds the variables', async () => {
    expect(await text('/env')).toBe('hello')
  })

  test('probes', async () => {
    const live = await ask('/livez')
    expect([live.status, await live.json()]).toEqual([200, { status: 'pass', phase: 'serving' }])
    expect((await ask('/readyz')).status).toBe(200)
  })

  test('what is thrown is a bare 500 and a line in the log', async () => {
    for (const path of ['/throw', '/header?value=%F0%9F%98%80', '/header?value=a%0Ax']) {
      const response = await ask(path)
      expect([path, response.status]).toEqual([path, 500])
      expect(await response.text()).toBe('Internal Server Error')
    }
    const event = await server().event('the handler threw')
    expect(event).toMatchObject({ level: 'error', method: 'GET', path: '/throw' })
  })

  test('a response of a library’s own class is one; what is none says so', async () => {
    const response = await ask('/foreign')
    expect([response.status, await response.text()]).toEqual([201, 'foreign'])
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect((await ask('/no-response')).status).toBe(500)
    await expect.poll(server().stdout).toContain('the handler returned no Response but object')
  })

  test('a client that goes away while the rest of its body is thrown away leaves no fault', async () => {
    const rejections = () => server().stdout().split('a rejection was not handled').length
    const before = rejections()
    const head = 'POST /begun HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const { received, socket } = await rawConnect(server().port, `${head}1\r\nx\r\n`)
    await expect.poll(received).toMatch(/^HTTP\/1\.1 200 [^]*begun$/)
    // Until what the handler may still read is given up, and somebody waits for the rest.
    await new Promise((resolve) => setTimeout(resolve, unreadLimits.ms + 300))
    socket.resetAndDestroy()
    // This one alone.
    expect(await text('/floating')).toBe('floated')
    await expect.poll(rejections).toBe(before + 1)
  })

  test('a rejection that nobody awaits is logged, and the process goes on', async () => {
    expect(await text('/floating')).toBe('floated')
    await server().event('a rejection was not handled')
    expect(await text('/')).toBe('hello')
  })

  test('the signal does not abort because the answer was sent', async () => {
    expect(await text('/finished')).toBe('finished')
    expect(await server().event('after the answer')).toMatchObject({ aborted: false })
  })

  test('a handler that does not answer in time is 503, and its signal aborts', async () => {
    expect((await ask('/stuck')).status).toBe(503)
    const { reason } = await server().event('aborted')
    expect(reason).toBe('Error: the handler did not answer in time')
  })

  test('an upload that takes longer than an answer may is no handler that does not answer', async () => {
    const head = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const { closed, received, socket } = await rawConnect(server().port, head)
    // It is looked for once a second, and the limit is half of that.
    for (let part = 0; part < 15; part += 1) {
      socket.write('1\r\nx\r\n')
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    socket.write('0\r\n\r\n')
    await expect.poll(received).toMatch(/\r\n\r\n[^]*/)
    socket.end()
    expect(await closed).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nx{15}$/)
  })

  test('a body past the limit is 413, announced or not', async () => {
    expect(await text('/echo', { method: 'POST', body: 'x'.repeat(1024) })).toHaveLength(1024)
    const head = 'POST /echo HTTP/1.1\r\nHost: localhost\r\n'
    const large = 'x'.repeat(1025)
    expect(await raw(`${head}Content-Length: 1025`, large)).toMatch(/^HTTP\/1\.1 413 /)
    const chunked = `401\r\n${large}\r\n0\r\n\r\n`
    expect(await raw(`${head}Transfer-Encoding: chunked`, chunked)).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a trusted proxy says the address, the host and the scheme', async () => {
    expect(await text('/address')).toBe('127.0.0.1')
    const hops = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' }
    expect(await text('/address', { headers: hops })).toBe('203.0.113.9')
    const headers = { 'X-Forwarded-Host': 'example.com', 'X-Forwarded-Proto': 'https' }
    expect(await text('/url', { headers })).toBe('example.com https://example.com/url /url')
  })

  test('other hosts are 421, none that is one is 400', async () => {
    expect(await raw('GET / HTTP/1.1\r\nHost: other.example')).toMatch(/^HTTP\/1\.1 421 /)
    expect(await raw('GET / HTTP/1.1\r\nHost: a/b?c@d')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw('GET / HTTP/1.1\r\nHost: a\r\nHost: b')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw('GET /livez HTTP/1.1\r\nHost: other.example')).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('a path is what the URL standard makes of it', async () => {
    const host = 'HTTP/1.1\r\nHost: localhost'
    expect(await raw(`GET /deep/../deep/a ${host}`)).toMatch(/\r\n\/deep\/a$/)
    expect(await raw(`GET /deep/%2e%2e/deep/b ${host}`)).toMatch(/\r\n\/deep\/b$/)
    expect(await raw(`GET /other/../deep/x%2Fy ${host}`)).toMatch(/\r\n\/deep\/x(%2F|\/)y$/)
  })

  test('a host is what the URL standard makes of it', async () => {
    for (const host of ['LOCALHOST', 'LocalHost:80']) {
      const answer = await raw(`GET /url HTTP/1.1\r\nHost: ${host}`)
      expect(answer).toContain('http://localhost/url /url')
    }
  })

  test('fields of a connection are the server’s', async () => {
    const { headers } = await ask('/fields')
    expect([headers.get('trailer'), headers.get('te')]).toEqual([null, null])
    expect(headers.get('connection') ?? 'keep-alive').toBe('keep-alive')
  })

  test('what fetch has decoded does not say that it is encoded', async () => {
    const upstream = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('decoded'))
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port } = upstream.address() as AddressInfo
    const answer = await raw(
      `GET /through?from=http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: localhost`,
    )
    upstream.close()
    expect(answer).toContain('decoded')
    expect(answer).not.toMatch(/content-encoding/i)
  })

  test('a client that hangs up aborts the signal of its request', async () => {
    const { socket } = await rawConnect(
      server().port,
      'GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n',
    )
    await server().event('somebody is there')
    socket.destroy()
    expect((await server().event('nobody is there'))['reason']).toContain('the client went away')
  })

  test('files come before the app, and none from outside of their folder', async () => {
    const file = await ask('/file.txt')
    expect(await file.text()).toBe('a file\n')
    const headers = { 'If-None-Match': file.headers.get('etag')! }
    expect((await ask('/file.txt', { headers })).status).toBe(304)
    const outside = await raw('GET /%2e%2e/app.ts HTTP/1.1\r\nHost: localhost')
    expect(outside).toMatch(/^HTTP\/1\.1 404 /)
  })

  test('the id of a request is on its response', async () => {
    const response = await ask('/id', { headers: { 'X-Request-Id': 'mine' } })
    expect([response.headers.get('x-request-id'), await response.text()]).toEqual(['mine', 'mine'])
  })
}
