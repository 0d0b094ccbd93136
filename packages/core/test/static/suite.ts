import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { types } from './folder.ts'

/** What a server answered, as it is on the wire. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Sends a target as it is written: a client of fetch would correct it. */
export async function ask(
  port: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  const fields = { Host: 'localhost', Connection: 'close', ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  socket.write(`${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) text += chunk as string
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [status = '', ...received] = head.split('\r\n')
  const got = new Headers(
    received.map((field) => (field.split(/:\s*/).length > 1 ? split(field) : ['x-broken', field])),
  )
  const body = rest.join('\r\n\r\n')
  const whole = got.get('transfer-encoding') === 'chunked' ? unchunk(body) : body
  return { status: Number(status.split(' ')[1]), headers: got, body: whole }
}

const split = (field: string): [string, string] => {
  const colon = field.indexOf(':')
  return [field.slice(0, colon), field.slice(colon + 1).trim()]
}

function unchunk(body: string): string {
  const [, size = '0'] = /^([\da-f]+)\r\n/i.exec(body) ?? []
  const start = body.indexOf('\r\n') + 2
  const length = Number.parseInt(size, 16)
  return length > 0
    ? body.slice(start, start + length) + unchunk(body.slice(start + length + 2))
    : ''
}

/** What a static folder does on every runtime, for each adapter's tests. */
export function staticSuite(port: () => number): void {
  const get = (target: string, headers?: Readonly<Record<string, string>>) =>
    ask(port(), `GET ${target}`, headers)

  test.each([
    ['/', '<h1>home</h1>'],
    ['/docs/', '<h1>docs</h1>'],
    ['/docs/?a=1', '<h1>docs</h1>'],
    ['/page', '<h1>page</h1>'],
    ['/both', 'both, a page'],
    ['/both/', 'both, a folder'],
    ['/dir/file.js', 'a file'],
    ['/digits.txt?a=1', '0123456789'],
    ['/a%20b.css', 'a{}'],
    ['/%C3%A9.txt', 'accent'],
    ['/%40scope/file.js', 'scoped'],
    ['/empty.txt', ''],
    ['/LICENSE', 'no extension'],
    ['/.well-known/it', 'known'],
    ['/dir/../digits.txt', '0123456789'],
    ['/dir/%2e%2e/digits.txt', '0123456789'],
  ])('%s is a file', async (target, body) => {
    expect(await get(target)).toMatchObject({ status: 200, body })
  })

  test.each([
    ['/index.html', '/'],
    ['/index', '/'],
    ['/docs', '/docs/'],
    ['/docs?a=1&b', '/docs/?a=1&b'],
    ['/docs/index.html?a=1', '/docs/?a=1'],
    ['/docs/index', '/docs/'],
    ['/docs.html', '/docs/'],
    ['/page.html', '/page'],
    ['/page/', '/page'],
    ['/page/index.html', '/page'],
    ['/both/index.html', '/both/'],
    ['//digits.txt', '/digits.txt'],
    ['/docs//', '/docs/'],
    ['/dir%2Ffile.js', '/dir/file.js'],
    ['/digits%2Etxt', '/digits.txt'],
    ['/@scope/file.js', '/%40scope/file.js'],
    ['/%c3%a9.txt', '/%C3%A9.txt'],
  ])('%s has its file at %s', async (target, location) => {
    const { status, headers, body } = await get(target)
    expect([status, headers.get('location'), body]).toEqual([307, location, ''])
  })

  test.each([
    '/other',
    '/dir',
    '/dir/',
    '/DIGITS.txt',
    '/digits.txt/',
    '/docs/none',
    '/_headers',
    '/digits.txt%00',
    '/%E0%A4%A',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/docs/..%2f..%2fsecret.txt',
    '/../secret.txt',
    '//secret.txt',
  ])('%s is no file, and for the app', async (target) => {
    const { status, body } = await get(target)
    expect(status).toBe(200)
    expect(body).toMatch(/^app: GET /)
  })

  test('a file has type, validator and policy', async () => {
    const { headers } = await get('/')
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=0, must-revalidate',
      etag: expect.stringMatching(/^"[\da-f]{32}"$/),
    })
    expect((await get('/LICENSE')).headers.get('content-type')).toBe(null)
  })

  test('types come from one table', async () => {
    const found = await Promise.all(
      Object.keys(types).map(async (ending) => {
        const { headers } = await get(`/type.${ending}`)
        return [ending, headers.get('content-type')]
      }),
    )
    expect(Object.fromEntries(found)).toEqual(types)
  })

  test('`_headers` says what else a file has', async () => {
    const style = (await get('/assets/app.css')).headers
    expect(style.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(style.get('x-two')).toBe('one')
    const script = (await get('/assets/app.js')).headers
    expect([script.get('cache-control'), script.get('x-two')]).toEqual([null, 'one, two'])
  })

  test('HEAD has the same head, and no body', async () => {
    const { headers } = await get('/digits.txt')
    const head = await ask(port(), 'HEAD /digits.txt')
    expect([head.status, head.body]).toEqual([200, ''])
    for (const name of ['content-type', 'etag', 'cache-control']) {
      expect(head.headers.get(name)).toBe(headers.get(name))
    }
    expect((await ask(port(), 'HEAD /docs')).headers.get('location')).toBe('/docs/')
  })

  test('a known ETag is answered 304', async () => {
    const etag = (await get('/digits.txt')).headers.get('etag')!
    for (const known of [etag, `W/${etag}`]) {
      const { status, headers, body } = await get('/digits.txt', { 'If-None-Match': known })
      expect([status, headers.get('etag'), body]).toEqual([304, etag, ''])
    }
    expect((await get('/digits.txt', { 'If-None-Match': '"other"' })).status).toBe(200)
    // Nothing here has a date.
    const since = { 'If-Modified-Since': new Date().toUTCString() }
    expect((await get('/digits.txt', since)).status).toBe(200)
  })

  test('another method on a file is 405, elsewhere it is for the app', async () => {
    for (const target of ['/', '/digits.txt', '/docs']) {
      expect((await ask(port(), `DELETE ${target}`)).status).toBe(405)
    }
    expect((await ask(port(), 'DELETE /dir')).body).toMatch(/^app: DELETE /)
  })

  test.each(['bytes=0-1,3-4', 'lines=1-2', 'bytes=', 'bytes=4-2', 'bytes=x-y'])(
    'Range: %s is ignored',
    async (range) => {
      expect(await get('/digits.txt', { Range: range })).toMatchObject({
        status: 200,
        body: '0123456789',
      })
    },
  )
}
