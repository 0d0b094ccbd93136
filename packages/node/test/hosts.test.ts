import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { killAll, launch, rawConnect, type Server, startServer } from './process.ts'

const last = 'Connection: close\r\n\r\n'

/** The status and the body of one request. */
async function ask(port: number, target: string, headers: string): Promise<readonly string[]> {
  const raw = await rawConnect(port, `GET ${target} HTTP/1.1\r\n${headers}${last}`)
  const [head = '', body = ''] = (await raw.closed).split('\r\n\r\n')
  return [head.slice(9, 12), body]
}

describe('ALLOWED_HOSTS', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('app.ts', {
      ALLOWED_HOSTS: 'example.com, *.Example.org,api.example.net:8443,[::1]',
      TRUSTED_PROXIES: 'loopback',
    })
  })
  afterAll(killAll)

  test.each([
    'example.com',
    'EXAMPLE.com.',
    'example.com:8080',
    'a.example.org',
    'a.b.example.org:1',
    'api.example.net:8443',
    '[::1]:80',
  ])('%s is served', async (host) => {
    expect(await ask(server.port, '/', `Host: ${host}\r\n`)).toEqual(['200', 'hello'])
  })

  test.each([
    'example.org',
    '.example.org',
    'xexample.org',
    'example.com.evil.test',
    'api.example.net',
    'api.example.net:8444',
    '[::2]',
    '127.0.0.1',
  ])('%s is answered 421', async (host) => {
    const [status, body] = await ask(server.port, '/', `Host: ${host}\r\n`)
    expect([status, body]).toEqual([
      '421',
      '421 Misdirected Request: this host is not served here\n',
    ])
  })

  test('counts for the authority of an absolute-form target, not for the Host beside it', async () => {
    const [refused] = await ask(server.port, 'http://evil.test/', 'Host: example.com\r\n')
    expect(refused).toBe('421')
    const served = await ask(server.port, 'http://example.com/headers', 'Host: evil.test\r\n')
    expect(served).toEqual(['200', 'example.com http://example.com/headers'])
  })

  test('counts for the host that a trusted proxy forwards', async () => {
    const forwarded = (host: string) => `Host: pod\r\nX-Forwarded-Host: ${host}\r\n`
    const served = await ask(server.port, '/headers', forwarded('example.com'))
    expect(served).toEqual(['200', 'example.com http://example.com/headers'])
    expect((await ask(server.port, '/', forwarded('evil.test')))[0]).toBe('421')
    expect((await ask(server.port, '/', forwarded('a/b?c@d')))[0]).toBe('400')
  })

  test('leaves the probes alone: a kubelet asks an address', async () => {
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  test('tells what it refused, at most once a second', async () => {
    const event = await server.event('requests for other hosts were refused')
    expect(event).toMatchObject({ level: 'warn', host: expect.any(String) })
  })

  test('a client that sends a body reads the answer', async () => {
    const body = new Uint8Array(4 * 1024 ** 2)
    const answer = await fetch(`${server.url}/echo`, { method: 'POST', body })
    expect(answer.status).toBe(421)
  })
})

describe('ALLOWED_HOSTS', () => {
  afterEach(killAll)

  test.each(['', 'https://example.com', '*', 'a.*.example.com', 'example.com,,b', 'a b'])(
    '%j is refused at the start',
    async (ALLOWED_HOSTS) => {
      const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', ALLOWED_HOSTS })
      expect(await program.exited).toBe(78)
      expect(program.stderr()).toContain('MOORING_E_SETTING: ALLOWED_HOSTS is ')
    },
  )
})
