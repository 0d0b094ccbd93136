import { afterEach, expect, test } from 'vitest'
import { killAll, launch, rawConnect, startServer } from './process.ts'

afterEach(killAll)

/** Far beyond every limit that is set here, and below Node's own sweep of slow requests, each 30 s. */
const timely = { timeout: 20_000 }

const head = (path: string, headers: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`

test.each([
  ['a head that does not end', 'GET / HTTP/1.1\r\nHost: local', /^HTTP\/1\.1 408 /],
  ['a body that does not come', head('/echo', 'Content-Length: 10'), /^HTTP\/1\.1 408 /],
  [
    'a body that stops',
    `${head('/echo', 'Transfer-Encoding: chunked')}3\r\nabc\r\n`,
    /^HTTP\/1\.1 408 /,
  ],
])('%s is ended within its limit', async (_name, sent, expected) => {
  const server = await startServer('app.ts', { HEADERS_TIMEOUT: '1s', STALL_TIMEOUT: '1s' })
  const slow = await rawConnect(server.port, sent)
  await expect.poll(slow.received, timely).toMatch(expected)
  await slow.closed
  expect((await fetch(server.url)).status).toBe(200)
})

test('a connection without a request is ended after KEEP_ALIVE_TIMEOUT, one with requests is not', async () => {
  const server = await startServer('app.ts', { KEEP_ALIVE_TIMEOUT: '1s' })
  const get = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const [idle, used] = [await rawConnect(server.port, get), await rawConnect(server.port, get)]
  const requests = setInterval(() => used.socket.write(get), 200)
  let isOpen = true
  void used.closed.then(() => (isOpen = false))
  expect(await idle.closed).toMatch(/\r\nKeep-Alive: timeout=1\r\n/)
  expect(isOpen).toBe(true)
  clearInterval(requests)
  await used.closed
})

test('the limits hold while the process drains', async () => {
  const server = await startServer('app.ts', { STALL_TIMEOUT: '1s' })
  const upload = await rawConnect(server.port, head('/echo', 'Content-Length: 10'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  server.child.kill('SIGTERM')
  await expect.poll(upload.received, timely).toMatch(/^HTTP\/1\.1 408 /)
  expect(await server.exited).toBe(0)
})

test('an upload that moves may take longer than the limit', async () => {
  const server = await startServer('app.ts', { STALL_TIMEOUT: '1s' })
  const upload = await rawConnect(
    server.port,
    head('/echo', 'Content-Length: 10\r\nConnection: close'),
  )
  for (const byte of '0123456789') {
    await new Promise((resolve) => setTimeout(resolve, 300))
    upload.socket.write(byte)
  }
  expect(await upload.closed).toMatch(/^HTTP\/1\.1 200 [^]*0123456789$/)
})

test('what a handler does not read is not the client’s to send: 503, not 408', async () => {
  const server = await startServer('app.ts', { STALL_TIMEOUT: '1s', RESPONSE_TIMEOUT: '2s' })
  const upload = await rawConnect(
    server.port,
    head('/background/late/1?stuck=1', 'Content-Length: 999999'),
  )
  upload.socket.write(Buffer.alloc(999_000))
  await expect.poll(upload.received, timely).toMatch(/^HTTP\/1\.1 503 /)
  upload.socket.destroy()
})

test('an answer has its time from the end of a long upload on', async () => {
  const server = await startServer('app.ts', { RESPONSE_TIMEOUT: '1s' })
  const upload = await rawConnect(server.port, head('/upload/700', 'Content-Length: 10'))
  for (const byte of '0123456789') {
    await new Promise((resolve) => setTimeout(resolve, 200))
    upload.socket.write(byte)
  }
  await expect.poll(upload.received, timely).toMatch(/^HTTP\/1\.1 200 [^]*10$/)
  upload.socket.destroy()
})

test('a client that never reads is reset, and the handler stops', async () => {
  const server = await startServer('app.ts', { STALL_TIMEOUT: '1s' })
  const deaf = await rawConnect(server.port)
  deaf.socket.pause()
  deaf.socket.write('GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await server.event('the client stalled')
  await server.event('the stream was cancelled')
  deaf.socket.resume()
  await deaf.closed
  expect((await fetch(server.url)).status).toBe(200)
})

test('a handler that never answers is answered for: 503, and its signal aborts', async () => {
  const server = await startServer('app.ts', { RESPONSE_TIMEOUT: '1s' })
  expect((await fetch(`${server.url}/stuck`)).status).toBe(503)
  expect(await server.event('the handler did not answer in time')).toMatchObject({
    method: 'GET',
    path: '/stuck',
  })
  expect((await fetch(`${server.url}/stuck-until-abort`)).status).toBe(503)
  expect(await server.event('aborted')).toMatchObject({
    reason: expect.stringContaining('the handler did not answer in time'),
  })
  expect((await fetch(server.url)).status).toBe(200)
})

test('the 503 for a handler is a whole response, which ends the connection', async () => {
  const server = await startServer('app.ts', { RESPONSE_TIMEOUT: '1s' })
  const request = 'GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const answer = await (await rawConnect(server.port, request)).closed
  const [top = '', body] = answer.split('\r\n\r\n')
  expect(top).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
  expect(top).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/)
  expect(top).toContain('\r\nConnection: close\r\n')
  expect(top).toContain('\r\nContent-Length: 24')
  expect(body).toBe('503 Service Unavailable\n')
})

test('a handler is answered for while the process drains, and its background work goes on', async () => {
  const server = await startServer('app.ts', { RESPONSE_TIMEOUT: '1s' })
  const stuck = fetch(`${server.url}/background/late/3000?stuck=1`, { method: 'POST' })
  const held = await rawConnect(server.port)
  await expect.poll(() => fetch(`${server.url}/livez`).then(({ ok }) => ok)).toBe(true)
  server.child.kill('SIGTERM')
  expect((await stuck).status).toBe(503)
  held.socket.destroy()
  expect(await server.event('background work is done')).toMatchObject({ name: 'late' })
  expect(await server.exited).toBe(0)
})

test.each([
  ['announced', 'Content-Length: 3000', (body: string) => body],
  [
    'chunked',
    'Transfer-Encoding: chunked',
    (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
])(
  'a body over the limit, %s, is answered 413 that the client can read',
  async (_, name, frame) => {
    const server = await startServer('app.ts', { BODY_LIMIT: '2kb' })
    const answer = await (
      await rawConnect(server.port, head('/echo', name) + frame('x'.repeat(3000)))
    ).closed
    expect(answer).toMatch(
      /^HTTP\/1\.1 413 [^]*Connection: close[^]*413 Content Too Large: at most 2048 bytes/,
    )
    const within = await fetch(`${server.url}/echo`, { method: 'POST', body: 'x'.repeat(2048) })
    expect((await within.text()).length).toBe(2048)
  },
)

test('a body of 8 MB over the limit does not reset the answer', async () => {
  const server = await startServer('app.ts', { BODY_LIMIT: '1mb' })
  const body = new Uint8Array(8 * 1024 ** 2)
  const response = await fetch(`${server.url}/echo`, { method: 'POST', body })
  expect(response.status).toBe(413)
})

test('a head over 16 KB is answered 431', async () => {
  const server = await startServer('app.ts')
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`
  expect(await (await rawConnect(server.port, request)).closed).toMatch(/^HTTP\/1\.1 431 /)
})

test.each([3_000, 1_001])('%d fields are answered 431', async (count) => {
  const server = await startServer('app.ts')
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\n${'a:b\r\n'.repeat(count - 1)}\r\n`
  expect(await (await rawConnect(server.port, request)).closed).toMatch(/^HTTP\/1\.1 431 /)
})

test('a thousand fields are all seen', async () => {
  const server = await startServer('app.ts')
  const fields = `${'a:b\r\n'.repeat(997)}X-Last: 1\r\nConnection: close\r\n`
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`
  expect(await (await rawConnect(server.port, request)).closed).toMatch(/^HTTP\/1\.1 200 /)
})

test('connections past the limit are dropped and told, the others are served', async () => {
  const server = await startServer('app.ts', { MAX_CONNECTIONS: '2' })
  const held = [await rawConnect(server.port), await rawConnect(server.port)]
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await (await rawConnect(server.port)).closed).toBe('')
  expect(await server.event('connections were dropped')).toMatchObject({ maxConnections: 2 })
  held[0]!.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(held[0]!.received).toContain('hello')
})

test('a connection is closed after its last request', async () => {
  const server = await startServer('app.ts', { MAX_REQUESTS_PER_CONNECTION: '2' })
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const answer = await (await rawConnect(server.port, request + request)).closed
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
})

test.each([
  ['BODY_LIMIT', '10'],
  ['BODY_LIMIT', '-1mb'],
  ['STALL_TIMEOUT', '1 hour'],
  ['MAX_CONNECTIONS', 'many'],
])('%s=%j is refused', async (name, value) => {
  const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', [name]: value })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name} is ${JSON.stringify(value)}.`)
})
