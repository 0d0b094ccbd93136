import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killAll, launch, rawConnect, type Server, startServer } from './process.ts'

let trusting: Server
let wary: Server
let standard: Server
beforeAll(async () => {
  trusting = await startServer('app.ts', { TRUSTED_PROXIES: 'loopback,10.0.0.0/8' })
  wary = await startServer('app.ts', { TRUSTED_PROXIES: '192.0.2.1' })
  standard = await startServer('app.ts', {
    TRUSTED_PROXIES: 'loopback,10.0.0.0/8',
    FORWARDED_HEADERS: 'forwarded',
  })
})
afterAll(killAll)

/** The bodies of requests that are sent on one connection. */
async function ask(server: Server, ...requests: readonly [string, string][]): Promise<string[]> {
  const sent = requests.map(
    ([path, headers], index) =>
      `GET ${path} HTTP/1.1\r\nHost: pod:8080\r\n${headers}` +
      `Connection: ${index === requests.length - 1 ? 'close' : 'keep-alive'}\r\n\r\n`,
  )
  const answer = await (await rawConnect(server.port, sent.join(''))).closed
  return answer.split(/HTTP\/1\.1 200 [^]*?\r\n\r\n/).slice(1)
}

const proto = (value: string) => `X-Forwarded-Proto: ${value}\r\n`
const host = (value: string) => `X-Forwarded-Host: ${value}\r\n`
const client = (value: string) => `X-Forwarded-For: ${value}\r\n`
const forwarded = (value: string) => `Forwarded: ${value}\r\n`

test('a trusted proxy says the scheme and the host of each request of a connection', async () => {
  expect(
    await ask(
      trusting,
      ['/url', proto('https') + host('example.com')],
      ['/url', ''],
      ['/url', proto('HTTPS')],
      ['/url', proto('http') + host('example.com:8443')],
      ['/headers', proto('wss') + host('Example.com')],
      ['/url', proto('gopher')],
    ),
  ).toEqual([
    'https://example.com/url',
    'http://pod:8080/url',
    'https://pod:8080/url',
    'http://example.com:8443/url',
    'Example.com https://example.com/headers',
    'http://pod:8080/url',
  ])
})

test('no other peer says anything', async () => {
  const headers = proto('https') + host('example.com') + client('198.51.100.7')
  expect(await ask(wary, ['/url', headers], ['/address', headers])).toEqual([
    'http://pod:8080/url',
    '127.0.0.1',
  ])
})

test('of a list the farthest statement counts that a trusted proxy made', async () => {
  expect(
    await ask(
      trusting,
      // The client made up the first of each list, and is no proxy.
      ['/url', client('1.1.1.1, 198.51.100.7') + proto('https, http') + host('evil, example.com')],
      // 10.0.0.2 is trusted: what it said of its own client counts.
      [
        '/url',
        client('198.51.100.7, 10.0.0.2') + proto('https, http') + host('example.com, inner'),
      ],
      ['/url', client('198.51.100.7, 10.0.0.2') + proto('https')],
    ),
  ).toEqual(['http://example.com/url', 'https://example.com/url', 'https://pod:8080/url'])
})

describe('FORWARDED_HEADERS=forwarded (RFC 7239)', () => {
  test('takes address, scheme and host from Forwarded, and nothing from X-Forwarded-*', async () => {
    const one = forwarded('for="[2001:db8::1]:4711";Proto=https;host="example.com:8443"')
    const other = proto('http') + host('evil') + client('1.1.1.1')
    expect(await ask(standard, ['/url', one + other], ['/address', one + other])).toEqual([
      'https://example.com:8443/url',
      '2001:db8::1',
    ])
    expect(await ask(standard, ['/url', other], ['/address', other])).toEqual([
      'http://pod:8080/url',
      '127.0.0.1',
    ])
  })

  test('walks from the right as far as trust goes', async () => {
    const made = 'for=1.1.1.1;proto=https;host=evil'
    const chain = forwarded(`${made}, for=198.51.100.7;proto=http;host=a, for=10.0.0.2;host=b`)
    expect(await ask(standard, ['/url', chain], ['/address', chain])).toEqual([
      'http://a/url',
      '198.51.100.7',
    ])
  })

  test.each([
    'for=',
    'for=1.1.1.1;',
    'for="1.1.1.1',
    'for=a;for=b',
    'proto=https host=a',
    ',',
    'x',
  ])('%j is not believed', async (value) => {
    expect(await ask(standard, ['/url', forwarded(value)])).toEqual(['http://pod:8080/url'])
  })
})

test('FORWARDED_HEADERS=both is refused at the start', async () => {
  const program = launch('app.ts', {
    PORT: '0',
    STORE_URL: 'memory:',
    FORWARDED_HEADERS: 'both',
  })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_SETTING: FORWARDED_HEADERS is "both"')
})
