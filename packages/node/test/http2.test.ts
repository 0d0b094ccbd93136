import { connect, constants } from 'node:http2'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, expect, test } from 'vitest'
import { certificateFolder } from './certificates.ts'
import { answerOn, ask, closeSessions, open, openSession } from './http2-client.ts'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, type Server, startServer } from './process.ts'

const { folder, make, remove } = certificateFolder()
const pair = make('localhost')

afterEach(async () => {
  closeSessions()
  await killAll()
})
afterAll(remove)

const start = (fixture = 'app.ts', env: Record<string, string> = {}): Promise<Server> =>
  startServer(fixture, { TLS_CERT: pair.cert, TLS_KEY: pair.key, ...env })

test('requests and responses are what they are over HTTP/1.1', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const authority = `localhost:${server.port}`
  expect(await ask(session, '/')).toMatchObject({ status: 200, body: 'hello' })
  expect((await ask(session, '/url?a=b%20c')).body).toBe(`https://${authority}/url?a=b%20c`)
  expect((await ask(session, '/host')).body).toBe(authority)
  expect((await ask(session, '/address')).body).toBe('127.0.0.1')
  expect((await ask(session, { ':path': '/id', 'x-request-id': 'abc' })).body).toBe('abc')
  const echo = { ':method': 'POST', ':path': '/echo' }
  const body = 'ünï'.repeat(100_000)
  expect(await ask(session, echo, body)).toMatchObject({ status: 200, body })
  expect(await ask(session, { ...echo, expect: 'nothing' }, body)).toMatchObject({ body })
  expect(await ask(session, { ':method': 'HEAD' })).toMatchObject({ status: 200, body: '' })
  expect((await ask(session, '/nowhere')).status).toBe(404)
  expect((await ask(session, '/livez')).body).toContain('"status":"pass"')
})

test('many requests at once are answered, each with its own', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const names = Array.from({ length: 100 }, (_, index) => `number-${index}`)
  const answers = await Promise.all(
    names.map((name) => ask(session, { ':path': '/id', 'x-request-id': name })),
  )
  expect(answers.map(({ body }) => body)).toEqual(names)
})

test('curl and nghttp agree', async () => {
  const run = promisify(execFile)
  const server = await start()
  const url = `https://localhost:${server.port}/url`
  const flags = ['--silent', '--insecure', '--http2', '--write-out', '\n%{http_version}']
  expect((await run('curl', [...flags, url])).stdout).toBe(`${url}\n2`)
  expect((await run('nghttp', ['--no-verify-peer', url])).stdout).toBe(url)
})

test('a fault of the handler is what it is over HTTP/1.1, and the session goes on', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const bare = { status: 500, body: 'Internal Server Error' }
  expect(await ask(session, '/throw')).toMatchObject(bare)
  for (const value of ['a%0d%0aSet-Cookie:%20b', '%f0%9f%92%a9', '%00']) {
    const answer = await ask(session, `/head?value=${value}`)
    expect([value, answer.status, answer.headers['x-name']]).toEqual([value, 500, undefined])
    expect(answer.body).not.toContain('secret')
  }
  await server.event('the handler threw')
  expect((await ask(session, '/breaks')).code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
  expect(await server.event('the response broke off')).toMatchObject({ path: '/breaks' })
  expect((await ask(session, '/')).status).toBe(200)
  expect(server.child.exitCode).toBe(null)
})

test('a body that is longer or shorter than its Content-Length is what it is over HTTP/1.1', async () => {
  const server = await startServer('faults.ts', { TLS_CERT: pair.cert, TLS_KEY: pair.key })
  const session = await openSession(server.port)
  // One that is there as a whole gets the right length.
  for (const [asked, body] of [
    ['/longer', 'abcdef'],
    ['/shorter', 'abc'],
  ] as const) {
    expect(await ask(session, asked)).toMatchObject({ status: 200, body, code: 0 })
  }
  // After the head it is cut off for all to see.
  const later = await ask(session, '/longer-later')
  expect(later).toMatchObject({ status: 200, body: 'abc', code: constants.NGHTTP2_CANCEL })
  const told = server.events().filter(({ message }) => message.includes('another length'))
  expect(told.map((event) => event['path'])).toEqual(['/longer-later'])
  expect((await ask(session, '/ok')).body).toBe('ok')
})

test('headers of a connection are left out; streams, which set them, work', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const events = open(session, '/events')
  let received = ''
  events.setEncoding('utf8').on('data', (chunk: string) => void (received += chunk))
  const headers = await new Promise<Record<string, unknown>>((resolve) =>
    events.once('response', resolve),
  )
  expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
  for (const name of ['connection', 'transfer-encoding', 'keep-alive']) {
    expect(headers).not.toHaveProperty(name)
  }
  await expect.poll(() => received).toContain('data: open')
})

test('static files are served', async () => {
  mkdirSync(path.join(folder, 'public'))
  writeFileSync(path.join(folder, 'public/index.html'), '<p>page</p>')
  const server = await start('static.ts', { BASE: `${pathToFileURL(folder)}/` })
  const session = await openSession(server.port)
  const page = await ask(session, '/')
  expect(page).toMatchObject({ status: 200, body: '<p>page</p>' })
  const again = { ':path': '/', 'if-none-match': page.headers['etag'] }
  expect(await ask(session, again)).toMatchObject({ status: 304, body: '' })
})

test.each([
  ['a Host that is not the authority', { host: 'other.example' }],
  ['no authority', { ':authority': '' }],
  ['an authority that is no host', { ':authority': 'a/b?c@d' }],
  ['user information', { ':authority': 'user@localhost' }],
  ['a name that a URL reads as an address', { ':authority': '0x7f.1' }],
])('%s is refused, and the session goes on', async (_name, headers) => {
  const server = await start()
  const session = await openSession(server.port)
  const { status, code } = await ask(session, { ':authority': 'localhost', ...headers })
  // Most of it nghttp2 finds malformed, and says so with a reset (RFC 9113 §8.1.1).
  expect([400, constants.NGHTTP2_PROTOCOL_ERROR]).toContain(status ?? code)
  const same = { ':authority': 'localhost', host: 'LOCALHOST' }
  expect((await ask(session, same)).status).toBe(200)
})

test('a Host without an authority is a host too', async () => {
  const server = await start()
  const session = await openSession(server.port)
  // Node sends no authority where there is a Host.
  expect((await ask(session, { ':path': '/host', host: 'only.example' })).body).toBe('only.example')
  const url = 'https://only.example/url'
  expect((await ask(session, { ':path': '/url', host: 'only.example' })).body).toBe(url)
})

test('the scheme is that of the connection, whatever the client says', async () => {
  const server = await start()
  const session = await openSession(server.port)
  for (const scheme of ['http', 'ftp', 'HTTPS']) {
    const { body } = await ask(session, { ':path': '/url', ':scheme': scheme })
    expect(body).toBe(`https://localhost:${server.port}/url`)
  }
})

test('what a trusted proxy says holds, and what anybody says does not', async () => {
  const said = {
    'x-forwarded-for': '192.0.2.7',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'public.example',
  }
  const trusting = await start('app.ts', { TRUSTED_PROXIES: 'loopback' })
  const trusted = await openSession(trusting.port)
  expect((await ask(trusted, { ':path': '/address', ...said })).body).toBe('192.0.2.7')
  expect((await ask(trusted, { ':path': '/url', ...said })).body).toBe('http://public.example/url')
  expect((await ask(trusted, '/url')).body).toBe(`https://localhost:${trusting.port}/url`)

  const server = await start()
  const session = await openSession(server.port)
  expect((await ask(session, { ':path': '/address', ...said })).body).toBe('127.0.0.1')
  const url = `https://localhost:${server.port}/url`
  expect((await ask(session, { ':path': '/url', ...said })).body).toBe(url)
})

test('hosts that are not listed are misdirected', async () => {
  const server = await start('app.ts', { ALLOWED_HOSTS: 'localhost' })
  const session = await openSession(server.port)
  expect((await ask(session, '/')).status).toBe(200)
  expect((await ask(session, { ':authority': 'other.example' })).status).toBe(421)
})

test('a client that resets a stream makes its handler stop', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const endless = open(session, '/endless')
  endless.once('data', () => endless.close(8))
  endless.resume()
  await answerOn(endless)
  await server.event('the stream was cancelled')
  const stuck = open(session, '/stuck-until-abort')
  await expect.poll(() => stuck.sentHeaders !== undefined).toBe(true)
  expect((await ask(session, '/')).status).toBe(200)
  stuck.close(8)
  await server.event('aborted')
  expect((await ask(session, '/')).status).toBe(200)
})

test('a client that goes away in the middle of everything leaves the server as it was', async () => {
  const server = await start()
  for (const [target, body] of [
    ['/endless', undefined],
    ['/stuck', undefined],
    ['/echo', 'x'.repeat(100_000)],
  ] as const) {
    const session = await openSession(server.port)
    const method = body === undefined ? 'GET' : 'POST'
    const stream = open(session, { ':path': target, ':method': method }, body === undefined)
    if (body !== undefined) stream.write(body)
    await ask(session, '/')
    session.destroy()
  }
  const session = await openSession(server.port)
  expect((await ask(session, '/')).status).toBe(200)
  session.close()
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(server.stdout()).not.toContain('was not caught')
})

test('requests are measured as those of HTTP/1.1 are, also those that end early', async () => {
  const server = await start('app.ts', { ADMIN_PORT: '0', RESPONSE_TIMEOUT: '1s' })
  const session = await openSession(server.port)
  expect((await ask(session, '/')).status).toBe(200)
  expect((await ask(session, '/stuck')).status).toBe(503)
  const endless = open(session, { ':path': '/endless' })
  await once(endless, 'data')
  endless.close(constants.NGHTTP2_CANCEL)
  const url = await adminUrl(server)
  const count = async (status: number, error: string) => {
    const labels = `http_request_method="GET",http_response_status_code="${status}",url_scheme="https"${error}`
    const series = `http_server_request_duration_seconds_count{${labels}}`
    return valueOf(await readMetrics(url), series)
  }
  await expect.poll(() => count(200, ',error_type="aborted"')).toBe(1)
  expect(await count(503, ',error_type="503"')).toBe(1)
  expect(await count(200, '')).toBe(1)
})

test('without TLS, HTTP/2 is no version of it', async () => {
  const server = await startServer('app.ts')
  const session = connect(`http://127.0.0.1:${server.port}`)
  const error = await new Promise<Error>((resolve) => session.once('error', resolve))
  expect(error.message).toMatch(/Protocol error|closed|reset/i)
  expect((await fetch(server.url)).status).toBe(200)
})
