import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

/** A request that ends the connection, with another behind it that must not be answered wrongly. */
async function ask(server: Server, path: string): Promise<string> {
  const raw = await rawConnect(server.port, get(path))
  const last = 'GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  await expect
    .poll(() => raw.received() !== '' || raw.socket.closed, { timeout: 20_000 })
    .toBe(true)
  raw.socket.write(last)
  return raw.closed
}

describe('a handler', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('faults.ts')
  })
  afterAll(killAll)

  test.each([
    '/throw',
    '/throw-text',
    '/throw-nothing',
    '/reject',
    '/reject-null',
    '/undefined',
    '/undefined-later',
    '/null-later',
    '/no-response',
    '/text-later',
  ])('that fails as %s is a 500 that says nothing, and a line', async (path) => {
    const before = server.events().length
    const answer = await ask(server, path)
    expect(answer).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\nInternal Server ErrorHTTP\/1\.1 200 /)
    expect(answer).not.toContain('secret')
    await expect.poll(() => server.events().length, { timeout: 20_000 }).toBeGreaterThan(before)
    expect(server.events().slice(before)).toMatchObject([
      { level: 'error', message: 'the handler threw' },
    ])
  })

  test.each([
    ['/longer', 'abcdef'],
    ['/shorter', 'abc'],
  ])('whose body is whole and %s than its length gets the right one', async (path, body) => {
    expect(await ask(server, path)).toContain(`Content-Length: ${body.length}\r\n\r\n${body}`)
  })

  test.each([
    ['/break', 'first'],
    ['/break-with-length', 'first'],
    ['/break-at-once', ''],
    ['/longer-later', 'abc'],
  ])('that fails after the head, as %s, is cut off for all to see', async (path, sent) => {
    const before = server.events().length
    const response = await fetch(server.url + path)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
    const raw = await (await rawConnect(server.port, get(path))).closed
    expect(raw).toContain(sent)
    // The last chunk would say that this is all.
    expect(raw).not.toMatch(/\r\n0\r\n|secret|def/)
    await expect.poll(() => server.events().length, { timeout: 20_000 }).toBe(before + 2)
  })

  test('that failed in all these ways has not ended the process', async () => {
    expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok')
    expect(server.child.exitCode).toBe(null)
  })

  // D-102: no fault, but an order.
  test('that exits ends the process', async () => {
    expect(await (await rawConnect(server.port, get('/exit'))).closed).toBe('')
    expect(await server.exited).toBe(7)
  })
})

describe('a client that resets its connection', () => {
  afterEach(killAll)

  test.each([
    ['while the handler works', get('/stuck-until-abort'), 'aborted'],
    ['while it is sent a stream', get('/endless'), 'the stream was cancelled'],
    [
      'in the middle of its body',
      `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab`,
      '',
    ],
    ['in the middle of a head', 'GET / HTTP/1.1\r\nHo', ''],
  ])('%s stops what it asked for, and nothing else', async (_name, sent, message) => {
    const server = await startServer('app.ts')
    const raw = await rawConnect(server.port, sent)
    await new Promise((resolve) => setTimeout(resolve, 200))
    raw.socket.resetAndDestroy()
    if (message) await server.event(message)
    expect((await fetch(server.url)).status).toBe(200)
    const isFault = ({ level, message: what }: Record<string, any>) =>
      level === 'error' && what !== 'the handler threw'
    expect(server.events().filter(isFault)).toEqual([])
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
  })
})

test.each(['1', 'true'])('with CI=%s a signal drains all the same', async (CI) => {
  const server = await startServer('app.ts', { CI })
  const slow = await rawConnect(server.port, get('/slow/700'))
  await new Promise((resolve) => setTimeout(resolve, 200))
  server.child.kill('SIGTERM')
  expect(await slow.closed).toMatch(/^HTTP\/1\.1 200 [^]*slow$/)
  expect(await server.exited).toBe(0)
})

test('an upload that is under way at the signal may finish', async () => {
  const server = await startServer('app.ts')
  const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n'
  const upload = await rawConnect(server.port, `${head}01234`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  server.child.kill('SIGTERM')
  await server.event('draining')
  for (const byte of '56789') {
    await new Promise((resolve) => setTimeout(resolve, 200))
    upload.socket.write(byte)
  }
  expect(await upload.closed).toMatch(/^HTTP\/1\.1 200 [^]*0123456789$/)
  expect(await server.exited).toBe(0)
})
