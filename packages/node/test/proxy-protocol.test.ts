import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { join } from 'node:path'
import { hasHaProxy, startHaProxy } from './haproxy.ts'
import { temporaryFolder } from './kv-attachment.ts'
import { killAll, launch, rawConnect, type Server, startServer } from './process.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`

const signature = '\r\n\r\n\0\r\nQUIT\n'
const ipv4 = [192, 0, 2, 1, 192, 0, 2, 2, 0xc8, 0x22, 1, 0xbb]
const ipv6 = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 7, ...Array<number>(16).fill(9)]

/** A header of version 2. */
function binary(command: number, family: number, rest: readonly number[], length = rest.length) {
  const fixed = [command, family, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(signature, 'latin1'), Buffer.from([...fixed, ...rest])])
}

/** What comes back for some pieces, each sent when the one before has left. */
async function send(port: number, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const raw = await rawConnect(port)
  raw.socket.setNoDelay(true)
  for (const piece of pieces) {
    await new Promise((resolve) => raw.socket.write(piece, resolve))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return raw.closed
}

const bodyOf = (answer: string) => answer.split('\r\n\r\n')[1]

describe('PROXY_PROTOCOL', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('app.ts', {
      PROXY_PROTOCOL: 'any',
      TRUSTED_PROXIES: 'loopback,10.0.0.0/8',
      HEADERS_TIMEOUT: '1s',
    })
  })
  afterAll(killAll)

  const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 51234 443\r\n'
  const tlv = [4, 0, 3, 1, 2, 3]
  test.each([
    ['TCP4', line, '192.0.2.1'],
    ['TCP6', 'PROXY TCP6 2001:db8::7 2001:db8::8 1 65535\r\n', '2001:db8::7'],
    ['UNKNOWN', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
    ['UNKNOWN and more', `PROXY UNKNOWN ${'f'.repeat(91)}\r\n`, '127.0.0.1'],
    ['binary, IPv4', binary(0x21, 0x11, ipv4), '192.0.2.1'],
    ['binary, IPv4, extended', binary(0x21, 0x11, [...ipv4, ...tlv]), '192.0.2.1'],
    ['binary, IPv4 of QUIC', binary(0x21, 0x12, ipv4), '192.0.2.1'],
    ['binary, IPv6', binary(0x21, 0x21, [...ipv6, 1, 2, 3, 4]), '2001:db8::7'],
    ['binary, unix', binary(0x21, 0x31, Array<number>(216).fill(0x2f)), 'none'],
    ['binary, unspecified', binary(0x21, 0, tlv), '127.0.0.1'],
    ['binary, local', binary(0x20, 0, []), '127.0.0.1'],
    ['binary, local with addresses', binary(0x20, 0x11, ipv4), '127.0.0.1'],
    ['binary, 64 KB', binary(0x21, 0x11, [...ipv4, ...Array<number>(65_523).fill(0)]), '192.0.2.1'],
  ])('%s says whose the connection is', async (_name, header, address) => {
    const whole = Buffer.concat([Buffer.from(header), Buffer.from(get('/address'))])
    expect(bodyOf(await send(server.port, whole))).toBe(address)
    expect(bodyOf(await send(server.port, header, get('/address')))).toBe(address)
  })

  test('may come byte by byte', async () => {
    const bytes = Buffer.from(line + get('/address'))
    const pieces = [...bytes].map((byte) => Buffer.from([byte]))
    expect(bodyOf(await send(server.port, ...pieces))).toBe('192.0.2.1')
    const other = Buffer.concat([binary(0x21, 0x11, ipv4), Buffer.from(get('/address'))])
    expect(bodyOf(await send(server.port, ...[...other].map((byte) => Buffer.from([byte]))))).toBe(
      '192.0.2.1',
    )
  })

  test('counts for every request of the connection, also with a body', async () => {
    const body = 'x'.repeat(200_000)
    const post = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await send(server.port, `${line}${post}${get('/address')}`)
    expect(answer).toContain(`\r\n\r\n${body}HTTP/1.1 200 OK`)
    expect(answer).toMatch(/\r\n\r\n192\.0\.2\.1$/)
  })

  test('X-Forwarded-For is walked only where the announced source is trusted', async () => {
    const ask = 'GET /address HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n'
    const request = `${ask}Connection: close\r\n\r\n`
    expect(bodyOf(await send(server.port, line + request))).toBe('192.0.2.1')
    const trusted = 'PROXY TCP4 10.0.0.7 192.0.2.2 1 2\r\n'
    expect(bodyOf(await send(server.port, trusted + request))).toBe('203.0.113.9')
  })

  test.each([
    ['no header', get('/')],
    ['one byte of something else', 'G'],
    ['lower case', `proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n${get('/')}`],
    ['a line over 107 bytes', `PROXY UNKNOWN ${'f'.repeat(92)}\r\n${get('/')}`],
    ['a line without an end', 'PROXY TCP4 '.padEnd(107, '1')],
    ['a bare line feed', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n${get('/')}`],
    ['a bare carriage return', `PROXY UNKNOWN \rx\r\n${get('/')}`],
    ['two spaces', `PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n${get('/')}`],
    ['a port too few', `PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n${get('/')}`],
    ['a port past 65535', `PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n${get('/')}`],
    ['a port with a zero before it', `PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n${get('/')}`],
    ['a name', `PROXY TCP4 localhost 192.0.2.2 1 2\r\n${get('/')}`],
    ['IPv6 as TCP4', `PROXY TCP4 ::1 ::1 1 2\r\n${get('/')}`],
    ['IPv4 as TCP6', `PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n${get('/')}`],
    ['UDP4', `PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n${get('/')}`],
    ['binary, a wrong signature', `\r\n\r\n\0\r\nQUIX\n${get('/')}`],
    ['binary, version 1', binary(0x11, 0x11, ipv4)],
    ['binary, command 2', binary(0x22, 0x11, ipv4)],
    ['binary, family 4', binary(0x21, 0x41, ipv4)],
    ['binary, transport 0', binary(0x21, 0x10, ipv4)],
    ['binary, transport 3', binary(0x21, 0x13, ipv4)],
    ['binary, too short for IPv4', binary(0x21, 0x11, ipv4.slice(1))],
    ['binary, too short for IPv6', binary(0x21, 0x21, ipv4)],
    ['binary, too short for unix', binary(0x21, 0x31, [...ipv6, 0, 0, 0, 0])],
    ['half a line, that never goes on', 'PROXY TCP4 192'],
    ['half a binary one', binary(0x21, 0x11, ipv4, 500)],
    ['nothing', ''],
  ])('%s: the connection is closed without an answer', async (_name, sent) => {
    expect(await send(server.port, sent)).toBe('')
    expect(bodyOf(await send(server.port, line + get('/')))).toBe('hello')
  })

  test('tells why, at most once a second', async () => {
    const event = await server.event('connections without a valid PROXY header were closed')
    expect(event).toMatchObject({ level: 'warn', why: expect.any(String), peer: /127\.0\.0\.1$/ })
  })

  test('a second header is no request', async () => {
    expect(await send(server.port, line + line + get('/'))).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('PROXY_PROTOCOL', () => {
  afterEach(killAll)

  test.each([
    ['v1', binary(0x21, 0x11, ipv4)],
    ['v2', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'],
  ])('%s takes no other version', async (PROXY_PROTOCOL, header) => {
    const server = await startServer('app.ts', { PROXY_PROTOCOL, TRUSTED_PROXIES: 'loopback' })
    expect(await send(server.port, header, get('/'))).toBe('')
  })

  test('a peer that is not trusted is closed, whatever it sends', async () => {
    const env = { PROXY_PROTOCOL: 'any', TRUSTED_PROXIES: '192.0.2.0/24' }
    const server = await startServer('app.ts', env)
    expect(await send(server.port, get('/'))).toBe('')
    expect(await send(server.port, `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${get('/')}`)).toBe('')
    const event = await server.event('connections without a valid PROXY header were closed')
    expect(event['why']).toBe('a peer that is not in TRUSTED_PROXIES')
  })

  test('without it, a header is no request, and nobody is believed', async () => {
    const server = await startServer('app.ts', { TRUSTED_PROXIES: 'loopback' })
    const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'
    expect(await send(server.port, line + get('/address'))).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('limits hold: a slow head after it, connections past the most, the drain', async () => {
    const server = await startServer('app.ts', {
      PROXY_PROTOCOL: 'v1',
      TRUSTED_PROXIES: 'loopback',
      HEADERS_TIMEOUT: '1s',
      MAX_CONNECTIONS: '2',
    })
    const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'
    expect(await send(server.port, line, 'GET / HT')).toMatch(/^HTTP\/1\.1 408 /)
    const slow = await rawConnect(server.port, line + get('/slow/1500'))
    const held = await rawConnect(server.port)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await (await rawConnect(server.port, line + get('/'))).closed).toBe('')
    await server.event('connections were dropped')
    server.child.kill('SIGTERM')
    expect(bodyOf(await slow.closed)).toBe('slow')
    expect(await held.closed).toBe('')
    expect(await server.exited).toBe(0)
  })

  test('connections that queued up while the loop was blocked are served before it closes', async () => {
    const server = await startServer('app.ts', {
      PROXY_PROTOCOL: 'v1',
      TRUSTED_PROXIES: 'loopback',
    })
    const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'
    const blocking = await rawConnect(server.port, line + get('/block/1000'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    const queued = await Promise.all(
      Array.from({ length: 30 }, () => rawConnect(server.port, line + get('/address'))),
    )
    server.child.kill('SIGTERM')
    for (const { closed } of queued) expect(bodyOf(await closed)).toBe('192.0.2.1')
    expect(bodyOf(await blocking.closed)).toBe('blocked')
    expect(await server.exited).toBe(0)
  })

  test('the peers of a Unix socket are trusted as unix', async () => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    const path = join(folder.path, 'app.sock')
    const env = { SOCKET_PATH: path, PROXY_PROTOCOL: 'v1' }
    const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'
    const trusting = await startServer('app.ts', { ...env, TRUSTED_PROXIES: 'unix' })
    expect(bodyOf(await (await rawConnect(path, line + get('/address'))).closed)).toBe('192.0.2.1')
    trusting.child.kill('SIGTERM')
    await trusting.exited
    await startServer('app.ts', { ...env, TRUSTED_PROXIES: 'loopback' })
    expect(await (await rawConnect(path, line + get('/address'))).closed).toBe('')
  })

  test.each([
    ['yes', 'loopback'],
    ['v1', undefined],
  ])('%s with TRUSTED_PROXIES=%s is refused at the start', async (PROXY_PROTOCOL, trusted) => {
    const env = { PORT: '0', STORE_URL: 'memory:', PROXY_PROTOCOL, TRUSTED_PROXIES: trusted }
    const program = launch('app.ts', env)
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain('MOORING_E_SETTING: PROXY_PROTOCOL is ')
  })
})

describe.runIf(hasHaProxy())('HAProxy', () => {
  afterEach(killAll)

  test.each([
    ['v1', 'send-proxy'],
    ['v2', 'send-proxy-v2 proxy-v2-options unique-id,crc32c'],
  ])('%s: the client is the one that asked it', async (PROXY_PROTOCOL, option) => {
    const env = { PROXY_PROTOCOL, TRUSTED_PROXIES: '127.0.0.1' }
    const server = await startServer('app.ts', env)
    const proxy = await startHaProxy(`127.0.0.1:${server.port} ${option}`)
    onTestFinished(proxy.remove)
    // The whole of 127.0.0.0/8 is this machine: the client takes another address of it.
    const raw = await rawConnect(proxy.port, get('/address'), '127.0.0.9')
    expect(bodyOf(await raw.closed)).toBe('127.0.0.9')
  })

  test('its health checks pass', async () => {
    const env = { PROXY_PROTOCOL: 'v2', TRUSTED_PROXIES: '127.0.0.1' }
    const server = await startServer('app.ts', env)
    const check = 'send-proxy-v2 check check-send-proxy inter 100 fall 1 rise 1'
    const proxy = await startHaProxy(`127.0.0.1:${server.port} ${check}`)
    onTestFinished(proxy.remove)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const raw = await rawConnect(proxy.port, get('/'))
    expect(bodyOf(await raw.closed)).toBe('hello')
    expect(server.stdout()).not.toContain('PROXY header')
  })
})
