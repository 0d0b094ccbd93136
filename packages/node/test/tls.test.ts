import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { request } from 'node:https'
import path from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { closing, frame, handshake, opcodes } from '../../core/test/web-sockets/client.ts'
import { certificateFolder } from './certificates.ts'
import { ask, closeSessions, openSession, secureConnect } from './http2-client.ts'
import { killAll, launch, rawConnect, startServer } from './process.ts'

const { folder, make, remove } = certificateFolder()
const pair = make('first')
const other = make('other')
const tls = { TLS_CERT: pair.cert, TLS_KEY: pair.key }

afterEach(async () => {
  closeSessions()
  await killAll()
})
afterAll(remove)

const written = (name: string, ...parts: readonly string[]) => {
  const file = path.join(folder, name)
  writeFileSync(file, parts.join(''))
  return file
}

async function overHttp1(port: number, target: string): Promise<{ status: number; body: string }> {
  const asked = request({ port, path: target, rejectUnauthorized: false, agent: false }).end()
  const [response] = await once(asked, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, body }
}

test('one port speaks HTTP/1.1 and HTTP/2 over TLS, and says so', async () => {
  const server = await startServer('app.ts', tls)
  expect(await server.event('listening')).toMatchObject({
    url: `https://localhost:${server.port}`,
    tls: { subject: 'CN=first', names: 'DNS:localhost, IP Address:127.0.0.1' },
  })
  const url = `https://localhost:${server.port}/url`
  expect(await overHttp1(server.port, '/url')).toEqual({ status: 200, body: url })
  const session = await openSession(server.port)
  expect(await ask(session, '/url')).toMatchObject({ status: 200, body: url })
  session.destroy()
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
})

test('a client without ALPN gets HTTP/1.1, and one of TLS 1.1 gets nothing', async () => {
  const server = await startServer('app.ts', { ...tls, LOG_LEVEL: 'debug' })
  const socket = await secureConnect(server.port)
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (received += chunk))
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello$/)
  // A ClientHello of TLS 1.1, as far as it matters: record and version, random, one suite.
  const hello = Buffer.from(`010000290302${'00'.repeat(32)}000002002f0100`, 'hex')
  const record = Buffer.concat([Buffer.from([22, 3, 1, 0, hello.length]), hello])
  const old = await rawConnect(server.port)
  old.socket.setEncoding('latin1').write(record)
  // An alert, fatal.
  expect((await old.closed).slice(0, 1)).toBe('\u0015')
  await server.event('a TLS handshake failed')
})

test('a client that speaks no TLS is closed, and nothing else happens', async () => {
  const server = await startServer('app.ts', { ...tls, LOG_LEVEL: 'debug' })
  const head = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  expect(await (await rawConnect(server.port, head)).closed).toBe('')
  expect(await server.event('a TLS handshake failed')).toMatchObject({ reason: 'http request' })
  for (const garbage of ['\0', '\u0016\u0003\u0001\u00ff\u00ff', 'x'.repeat(10_000)]) {
    const scanner = await rawConnect(server.port, garbage)
    scanner.socket.end()
    await scanner.closed
  }
  expect((await overHttp1(server.port, '/')).body).toBe('hello')
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
})

test('a handshake that does not end is ended within HEADERS_TIMEOUT, dripping or silent', async () => {
  const server = await startServer('app.ts', { ...tls, HEADERS_TIMEOUT: '1s' })
  const silent = await rawConnect(server.port)
  const dripping = await rawConnect(server.port, '\u0016')
  const drip = setInterval(() => dripping.socket.write('\u0003'), 200)
  await Promise.all([silent.closed, dripping.closed])
  clearInterval(drip)
  expect((await overHttp1(server.port, '/')).body).toBe('hello')
})

test('a head over TLS that does not end is 408 within HEADERS_TIMEOUT', async () => {
  const server = await startServer('app.ts', { ...tls, HEADERS_TIMEOUT: '1s' })
  const socket = await secureConnect(server.port, 'http/1.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (received += chunk))
  socket.write('GET / HTTP/1.1\r\nHost: local')
  await once(socket, 'close')
  expect(received).toMatch(/^HTTP\/1\.1 408 /)
})

test('a WebSocket is spoken over TLS, and drained', async () => {
  const server = await startServer('web-sockets.ts', tls)
  const socket = await secureConnect(server.port, 'http/1.1')
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => void (received += chunk))
  const fields = Object.entries(handshake()).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET /ws HTTP/1.1\r\n${fields.join('')}\r\n`)
  await expect.poll(() => received).toMatch(/^HTTP\/1\.1 101 /)
  socket.write(frame(opcodes.text, 'over TLS'))
  await expect.poll(() => received).toMatch(/over TLS$/)
  server.child.kill('SIGTERM')
  await expect.poll(() => received).toMatch(/Service Restart$/)
  socket.write(frame(opcodes.close, closing(1012)))
  expect(await server.exited).toBe(0)
})

test('the chain in the certificate file is served', async () => {
  const texts = [pair.cert, other.cert].map((file) => readFileSync(file, 'utf8'))
  const server = await startServer('app.ts', { ...tls, TLS_CERT: written('chain.pem', ...texts) })
  const args = ['s_client', '-showcerts', '-connect', `127.0.0.1:${server.port}`]
  const output = execFileSync('openssl', args, { input: '', stdio: 'pipe', encoding: 'utf8' })
  expect(output.match(/s:CN ?= ?\w+/g)).toEqual(['s:CN = first', 's:CN = other'])
})

const day = 24 * 60 * 60 * 1_000
const ago = (days: number) => new Date(Date.now() - days * day)

const mistakes: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
  ['TLS_CERT alone', () => ({ TLS_CERT: pair.cert }), /TLS_KEY is not set\./],
  ['TLS_KEY alone', () => ({ TLS_KEY: pair.key }), /TLS_CERT is not set\./],
  ['an empty TLS_KEY', () => ({ TLS_CERT: pair.cert, TLS_KEY: '' }), /TLS_KEY is empty\./],
  [
    'no file',
    () => ({ ...tls, TLS_CERT: '/nowhere/tls.crt' }),
    /TLS_CERT is .*cannot be read: ENOENT/,
  ],
  ['a folder', () => ({ ...tls, TLS_KEY: folder }), /TLS_KEY is .*cannot be read: EISDIR/],
  [
    'no PEM',
    () => ({ ...tls, TLS_CERT: written('none.crt', 'x') }),
    /TLS_CERT is .*holds no PEM cert/,
  ],
  [
    'half a file',
    () => ({
      ...tls,
      TLS_CERT: written('half.crt', readFileSync(pair.cert, 'utf8').slice(0, 200)),
    }),
    /TLS_CERT is .*holds no PEM cert/,
  ],
  [
    'a damaged one',
    () => ({
      ...tls,
      TLS_CERT: written('bad.crt', readFileSync(pair.cert, 'utf8').replace('MII', 'XII')),
    }),
    /TLS_CERT is .*a PEM block that is no certificate/,
  ],
  ['no key', () => ({ ...tls, TLS_KEY: pair.cert }), /TLS_KEY is .*holds no PEM private key/],
  [
    'a key of another',
    () => ({ ...tls, TLS_KEY: other.key }),
    /TLS_CERT is .*not the certificate of the key in .*other\.key/,
  ],
  [
    'a chain the wrong way round',
    () => ({
      ...tls,
      TLS_CERT: written(
        'turned.pem',
        readFileSync(other.cert, 'utf8'),
        readFileSync(pair.cert, 'utf8'),
      ),
    }),
    /does not begin with the certificate of the key/,
  ],
  [
    'an expired one',
    () => files(make('expired', { from: ago(9), until: ago(2) })),
    /TLS_CERT is .*expired at 20/,
  ],
  [
    'one that is not valid yet',
    () => files(make('early', { from: ago(-2) })),
    /TLS_CERT is .*is not valid before 20/,
  ],
]
const files = (made: { cert: string; key: string }) => ({ TLS_CERT: made.cert, TLS_KEY: made.key })

test.each(mistakes)('%s ends the start with 78', async (_name, env, expected) => {
  const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', ...env() })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toMatch(/^MOORING_E_TLS: /)
  expect(program.stderr()).toMatch(expected)
  expect(program.stdout()).toBe('')
})

test.each([
  ['less than 14 days', { from: ago(80), until: ago(-10) }, true],
  ['more than 14 days', { from: ago(60), until: ago(-20) }, false],
  ['less than a third of a short life', { from: ago(5), until: ago(-1) }, true],
  ['most of a short life', { from: ago(1), until: ago(-5) }, false],
])('with %s left the log warns, or does not', async (name, dates, warns) => {
  const server = await startServer(
    'app.ts',
    files(make(`expiry ${name}`.replaceAll(' ', '-'), dates)),
  )
  const warnings = server.events().filter(({ level }) => level === 'warn')
  expect(warnings.map(({ message }) => message)).toEqual(
    warns ? ['the certificate expires soon'] : [],
  )
})
