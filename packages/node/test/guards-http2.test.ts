import { once } from 'node:events'
import { request } from 'node:https'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { certificateFolder } from './certificates.ts'
import { hasHaProxy, startHaProxy } from './haproxy.ts'
import { ask, closeSessions, openSession } from './http2-client.ts'
import { killAll, rawConnect, startServer } from './process.ts'

const { make, remove } = certificateFolder()
const { cert, key } = make('guarded')
const tls = { TLS_CERT: cert, TLS_KEY: key, TRUSTED_PROXIES: 'loopback' }

afterEach(async () => {
  closeSessions()
  await killAll()
})
afterAll(remove)

describe('HTTP/2', () => {
  test('a trusted proxy says the scheme and the host', async () => {
    const server = await startServer('app.ts', { ...tls, ALLOWED_HOSTS: 'example.com' })
    const session = await openSession(server.port)
    const forwarded = (path: string, proto: string) => ({
      ':path': path,
      'x-forwarded-host': 'example.com',
      'x-forwarded-proto': proto,
    })
    expect(await ask(session, forwarded('/headers', 'http'))).toMatchObject({
      status: 200,
      body: 'example.com http://example.com/headers',
    })
    expect(await ask(session, forwarded('/url', 'https'))).toMatchObject({
      body: 'https://example.com/url',
    })
    expect(await ask(session, '/url')).toMatchObject({ status: 421 })
    expect(await ask(session, '/livez')).toMatchObject({ status: 200 })
  })

  test('each request past MAX_REQUEST_RATE is answered 429, and the others go on', async () => {
    const server = await startServer('app.ts', { ...tls, MAX_REQUEST_RATE: '20' })
    const session = await openSession(server.port)
    const answers = await Promise.all(Array.from({ length: 80 }, () => ask(session, '/')))
    const statuses = answers.map(({ status }) => status)
    expect([...new Set(statuses)].toSorted()).toEqual([200, 429])
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20)
    await expect.poll(async () => (await ask(session, '/')).status, { timeout: 20_000 }).toBe(200)
  })
})

describe.runIf(hasHaProxy())('TLS behind HAProxy and the PROXY protocol', () => {
  test.each([
    ['v1', 'send-proxy'],
    ['v2', 'send-proxy-v2'],
  ])('%s: the header comes before the handshake', async (PROXY_PROTOCOL, option) => {
    const server = await startServer('app.ts', { ...tls, PROXY_PROTOCOL })
    const proxy = await startHaProxy(`127.0.0.1:${server.port} ${option}`)
    onTestFinished(proxy.remove)
    const asked = request({
      port: proxy.port,
      host: '127.0.0.1',
      localAddress: '127.0.0.9',
      path: '/address',
      agent: false,
      rejectUnauthorized: false,
    }).end()
    const [response] = await once(asked, 'response')
    expect(await response.setEncoding('utf8').toArray()).toEqual(['127.0.0.9'])
    const session = await openSession(proxy.port)
    expect(await ask(session, '/address')).toMatchObject({ status: 200, body: '127.0.0.1' })
    expect(await ask(session, '/url')).toMatchObject({ body: expect.stringMatching(/^https:/) })
    // Without the header a handshake is garbage.
    expect(await (await rawConnect(server.port, '\u0016\u0003\u0001')).closed).toBe('')
  })
})
