import { once } from 'node:events'
import { type ClientHttp2Session, constants } from 'node:http2'
import { get } from 'node:https'
import { afterAll, afterEach, expect, test } from 'vitest'
import { certificateFolder } from './certificates.ts'
import { answerOn, ask, closeSessions, open, openSession, secureConnect } from './http2-client.ts'
import { getLog, ping, preface, reset, settings } from './http2-frames.ts'
import { killAll, type Server, startServer } from './process.ts'

const { make, remove } = certificateFolder()
const pair = make('localhost')

afterEach(async () => {
  closeSessions()
  await killAll()
})
afterAll(remove)

const start = (env: Record<string, string> = {}): Promise<Server> =>
  startServer('app.ts', { TLS_CERT: pair.cert, TLS_KEY: pair.key, ...env })

const post = (path: string, headers: Record<string, string> = {}) => ({
  ':method': 'POST',
  ':path': path,
  ...headers,
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves when a session is over, with the codes of the GOAWAYs that came. */
async function ended(session: ClientHttp2Session): Promise<readonly number[]> {
  const codes: number[] = []
  session.on('goaway', (code) => void codes.push(code))
  if (!session.destroyed) await once(session, 'close')
  return codes
}

test('a handler that never answers is answered for: 503, and its signal aborts', async () => {
  const server = await start({ RESPONSE_TIMEOUT: '1s' })
  const session = await openSession(server.port)
  const [stuck, aborted] = await Promise.all([
    ask(session, '/stuck'),
    ask(session, '/stuck-until-abort'),
  ])
  expect([stuck.status, aborted.status]).toEqual([503, 503])
  expect(await server.event('the handler did not answer in time')).toMatchObject({ method: 'GET' })
  await server.event('aborted')
  expect((await ask(session, '/')).status).toBe(200)
})

test('a body that does not come, or stops, is 408, and the session goes on', async () => {
  const server = await start({ STALL_TIMEOUT: '1s' })
  const session = await openSession(server.port)
  const silent = open(session, post('/echo'), false)
  const stopped = open(session, post('/echo'), false)
  stopped.write('abc')
  const answers = await Promise.all([answerOn(silent), answerOn(stopped)])
  expect(answers.map(({ status, code }) => [status, code])).toEqual([
    [408, 0],
    [408, 0],
  ])
  expect((await ask(session, '/')).status).toBe(200)
})

test('an upload that moves may take longer than the limit', async () => {
  const server = await start({ STALL_TIMEOUT: '1s' })
  const session = await openSession(server.port)
  const upload = open(session, post('/echo'), false)
  const answer = answerOn(upload)
  for (const byte of '0123456789') {
    await wait(300)
    upload.write(byte)
  }
  upload.end()
  expect(await answer).toMatchObject({ status: 200, body: '0123456789' })
})

test('what a handler does not read is not the client’s to send: 503, not 408', async () => {
  const server = await start({ STALL_TIMEOUT: '1s', RESPONSE_TIMEOUT: '2s' })
  const session = await openSession(server.port)
  const upload = open(session, post('/background/late/1?stuck=1'), false)
  upload.write(Buffer.alloc(999_000))
  const { status, code } = await answerOn(upload)
  expect([status, code]).toEqual([503, 0])
})

test('a stream that is never read is reset, its handler stops, and the session goes on', async () => {
  const server = await start({ STALL_TIMEOUT: '1s' })
  const session = await openSession(server.port)
  const deaf = open(session, '/endless')
  await server.event('the client stalled')
  await server.event('the stream was cancelled')
  deaf.resume()
  if (!deaf.closed) await once(deaf, 'close')
  expect(deaf.rstCode).toBe(constants.NGHTTP2_CANCEL)
  expect((await ask(session, '/')).status).toBe(200)
})

test('a response that moves, however slowly, is not cut off', async () => {
  const server = await start({ STALL_TIMEOUT: '2s' })
  const session = await openSession(server.port)
  const slow = open(session, '/bytes/1000000')
  const startedMs = performance.now()
  let bytes = 0
  slow.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    slow.pause()
    setTimeout(() => slow.resume(), bytes < 600_000 ? 100 : 0)
  })
  await once(slow, 'close')
  expect([bytes, slow.rstCode]).toEqual([1_000_000, 0])
  expect(performance.now() - startedMs).toBeGreaterThan(3_000)
})

test.each([
  ['announced', { 'content-length': '3000' }],
  ['not announced', {}],
])('a body over the limit, %s, is answered 413 that the client can read', async (_, headers) => {
  const server = await start({ BODY_LIMIT: '2kb' })
  const session = await openSession(server.port)
  const { status, body } = await ask(session, post('/echo', headers), 'x'.repeat(3000))
  expect([status, body]).toEqual([413, '413 Content Too Large: at most 2048 bytes\n'])
  const within = await ask(session, post('/echo'), 'x'.repeat(2048))
  expect([within.status, within.body.length]).toEqual([200, 2048])
})

test('a body of 8 MB over the limit does not take the answer with it', async () => {
  const server = await start({ BODY_LIMIT: '1mb' })
  const session = await openSession(server.port)
  expect((await ask(session, post('/echo'), new Uint8Array(8 * 1024 ** 2))).status).toBe(413)
  expect((await ask(session, '/')).status).toBe(200)
})

test('a head that is 431 over HTTP/1.1 is here, to the byte and to the field', async () => {
  const server = await start()
  const session = await openSession(server.port)
  const host = `localhost:${server.port}`
  type Fields = Readonly<Record<string, string | string[]>>
  /** Its HTTP/1.1 sends a `Connection: close` too. */
  const overHttp1 = (fields: Fields) =>
    new Promise((resolve, reject) => {
      const options = {
        port: server.port,
        headers: fields,
        rejectUnauthorized: false,
        agent: false,
      }
      get(options, (response) => resolve(response.resume().statusCode)).once('error', reject)
    })
  const overHttp2 = async (fields: Fields) =>
    (await ask(session, { ':authority': host, ':path': '/', ...fields })).status
  for (const [total, status] of [
    [16_383, 200],
    [16_384, 431],
  ] as const) {
    const long = (rest: string) => ({ long: 'x'.repeat(total - `/host${host}long${rest}`.length) })
    expect(await overHttp1(long('connectionclose'))).toBe(status)
    expect(await overHttp2(long(''))).toBe(status)
  }
  for (const [total, status] of [
    [1_000, 200],
    [1_001, 431],
  ] as const) {
    const others = (rest: number) => ({ a: Array.from({ length: total - 1 - rest }, () => 'b') })
    expect(await overHttp1(others(1))).toBe(status)
    expect(await overHttp2(others(0))).toBe(status)
  }
  // Past what is taken at all, there is no answer.
  const huge = await ask(session, { ':path': '/', a: Array.from({ length: 2_000 }, () => 'b') })
  expect([huge.status, huge.code]).toEqual([undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM])
  const cookie = Array.from({ length: 200 }, (_, index) => `c${index}=1`)
  expect((await ask(session, { ':path': '/', cookie })).status).toBe(200)
})

test('a hundred large responses at once all arrive', async () => {
  const server = await start()
  const session = await openSession(server.port)
  expect(session.remoteSettings.maxConcurrentStreams).toBe(100)
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => ask(session, '/bytes/1000000')),
  )
  expect(answers.filter(({ body }) => body.length === 1_000_000)).toHaveLength(120)
})

test('streams that are opened and reset soon reach no handler, and end it all (CVE-2023-44487)', async () => {
  const server = await start()
  const attacker = await secureConnect(server.port, 'h2')
  const streams = Array.from({ length: 5_000 }, (_, index) => {
    const stream = 2 * index + 1
    return Buffer.concat([getLog(stream), reset(stream)])
  })
  attacker.write(Buffer.concat([preface, settings, ...streams]))
  await once(attacker.resume(), 'close')
  expect((await ask(await openSession(server.port), '/')).status).toBe(200)
  await server.event('an HTTP/2 connection was a flood and is ended')
  // 200 resets a second are borne, and at most 100 streams are open besides.
  const asked = server.events().filter(({ message }) => message === 'asked')
  expect(asked.length).toBeLessThan(400)
})

test.each([
  ['PING', ping],
  ['SETTINGS', settings],
])('a flood of %s frames ends its connection, at once or in small doses', async (_name, flood) => {
  const server = await start()
  const burst = await secureConnect(server.port, 'h2')
  burst.write(Buffer.concat([preface, settings, ...Array.from({ length: 50_000 }, () => flood)]))
  const dose = await secureConnect(server.port, 'h2')
  dose.write(Buffer.concat([preface, settings]))
  dose.resume()
  const drip = setInterval(
    () => dose.write(Buffer.concat(Array.from({ length: 100 }, () => flood))),
    20,
  )
  await Promise.all([once(burst.resume(), 'close'), once(dose, 'close')])
  clearInterval(drip)
  expect(await server.event('an HTTP/2 connection was a flood and is ended')).toMatchObject({
    flood: 'control frames',
  })
  expect((await ask(await openSession(server.port), '/')).status).toBe(200)
})

test('a client that only pings now and then is no flood', async () => {
  const server = await start()
  const session = await openSession(server.port)
  for (let count = 0; count < 50; count++) {
    await new Promise((resolve) => session.ping(resolve))
    await wait(20)
  }
  expect((await ask(session, '/')).status).toBe(200)
})

test('a session without a request is ended after KEEP_ALIVE_TIMEOUT, one with a request is not', async () => {
  const server = await start({ KEEP_ALIVE_TIMEOUT: '1s' })
  const idle = await openSession(server.port)
  const busy = await openSession(server.port)
  const slow = ask(busy, '/slow/3000')
  expect(new Set(await ended(idle))).toEqual(new Set([constants.NGHTTP2_NO_ERROR]))
  expect(await slow).toMatchObject({ status: 200, body: 'slow' })
})

test('a client that never says the preface is ended within HEADERS_TIMEOUT', async () => {
  const server = await start({ HEADERS_TIMEOUT: '1s' })
  const silent = await secureConnect(server.port, 'h2')
  const partial = await secureConnect(server.port, 'h2')
  partial.write(preface.subarray(0, 10))
  await Promise.all([once(silent.resume(), 'close'), once(partial.resume(), 'close')])
  expect((await ask(await openSession(server.port), '/')).status).toBe(200)
})

test('a session is ended after its last request, and what was asked meanwhile is answered', async () => {
  const server = await start({ MAX_REQUESTS_PER_CONNECTION: '3' })
  const session = await openSession(server.port)
  const over = ended(session)
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(session, '/slow/100')))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(new Set(await over)).toEqual(new Set([constants.NGHTTP2_NO_ERROR]))
})
