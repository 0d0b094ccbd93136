import { Agent, request } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { killAll, launch, rawConnect, type Server, startServer } from './process.ts'

afterEach(killAll)

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** Sends one request after the other on each of some connections, until it is told to stop. */
function load(server: Server, path: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: Answer[] = []
  let isOver = false
  const ask = () =>
    new Promise<void>((resolve) => {
      const asked = request({ agent, port: server.port, path }, (response) => {
        const { statusCode = 0, headers } = response
        answers.push({ status: statusCode, retryAfter: headers['retry-after'] })
        response.resume().once('close', resolve)
      })
      asked.once('error', () => resolve()).end()
    })
  const clients = Array.from({ length: connections }, async () => {
    while (!isOver) await ask()
  })
  onTestFinished(() => agent.destroy())
  const stop = async () => {
    isOver = true
    await Promise.all(clients)
  }
  return { answers, stop }
}

const statuses = (answers: readonly Answer[]) => [...new Set(answers.map(({ status }) => status))]

describe('SHED_DELAY', () => {
  test('a lasting overload is shed in part, the probes are not, and it ends', async () => {
    const server = await startServer('app.ts', { SHED_DELAY: '300ms' })
    const { answers, stop } = load(server, '/block/30', 40)
    const isShed = () => answers.some(({ status }) => status === 503)
    await expect.poll(isShed, { timeout: 30_000 }).toBe(true)
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
    const before = answers.length
    await expect.poll(() => answers.length, { timeout: 30_000 }).toBeGreaterThan(before + 200)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    await stop()

    // What it takes it answers: refusing must not be all that it does.
    const served = answers.slice(before).filter(({ status }) => status === 200)
    expect(served.length).toBeGreaterThan(10)
    expect(statuses(answers).toSorted()).toEqual([200, 503])
    for (const { status, retryAfter } of answers) {
      expect(retryAfter ?? '').toMatch(status === 503 ? /^[123]$/ : /^$/)
    }
    const told = await server.event('requests were refused: the event loop is overloaded')
    expect(told).toMatchObject({ level: 'warn', count: expect.any(Number) })
    expect(told['waitedMs']).toBeGreaterThanOrEqual(300)
    await expect.poll(async () => (await fetch(server.url)).status, { timeout: 10_000 }).toBe(200)
  })

  test('new connections come in while the loop is busy, and those of probes among them', async () => {
    const server = await startServer('app.ts', { SHED_DELAY: '60s' })
    const { answers, stop } = load(server, '/block/10', 100)
    await expect.poll(() => answers.length, { timeout: 30_000 }).toBeGreaterThan(300)
    // libuv accepts one a turn: if a turn were all that is ready, each would wait for a hundred.
    const before = answers.length
    for (let count = 0; count < 30; count++) {
      const probe = await rawConnect(server.port, get('/livez', 'Connection: close\r\n'))
      expect(await probe.closed).toMatch(/^HTTP\/1\.1 200 /)
    }
    expect(answers.length - before).toBeLessThan(1_000)
    await stop()
    expect(statuses(answers)).toEqual([200])
  })

  test('one block, and what queued up behind it, is no overload', async () => {
    const server = await startServer('app.ts', { SHED_DELAY: '200ms' })
    expect((await fetch(server.url)).status).toBe(200)
    const blocking = fetch(`${server.url}/block/2500`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const queued = await Promise.all(
      Array.from({ length: 30 }, () => rawConnect(server.port, get('/', 'Connection: close\r\n'))),
    )
    for (const { closed } of queued) expect(await closed).toMatch(/^HTTP\/1\.1 200 /)
    expect((await blocking).status).toBe(200)
  })

  test('neither is one client that asks for slow things, one after the other', async () => {
    const server = await startServer('app.ts', { SHED_DELAY: '100ms' })
    for (let count = 0; count < 8; count++) {
      expect((await fetch(`${server.url}/block/400`)).status).toBe(200)
    }
  })

  test('0s sheds nothing', async () => {
    const server = await startServer('app.ts', { SHED_DELAY: '0s' })
    const { answers, stop } = load(server, '/block/30', 40)
    await expect.poll(() => answers.length, { timeout: 60_000 }).toBeGreaterThan(200)
    await stop()
    expect(statuses(answers)).toEqual([200])
  })
})

describe('MAX_REQUEST_RATE', () => {
  test('what comes faster for longer than a second is answered 429, and the connection ends', async () => {
    const server = await startServer('app.ts', { MAX_REQUEST_RATE: '20' })
    const flood = await (await rawConnect(server.port, get('/').repeat(90))).closed
    expect(flood.match(/HTTP\/1\.1 200 /g)?.length).toBeGreaterThanOrEqual(20)
    expect(flood.match(/HTTP\/1\.1 200 /g)?.length).toBeLessThan(60)
    expect(flood.match(/HTTP\/1\.1 429 /g)).toHaveLength(1)
    expect(flood).toMatch(/Retry-After: 1\r\n[^]*429 Too Many Requests: at most 20 a second/)
    expect(flood).toMatch(/HTTP\/1\.1 429 [^]*Connection: close/)
    const told = await server.event('requests past the rate of a connection were refused')
    expect(told).toMatchObject({ count: 1, mostPerSecond: 20 })
  })

  test('a connection that keeps to it goes on, and each has a rate of its own', async () => {
    const server = await startServer('app.ts', { MAX_REQUEST_RATE: '20' })
    const steady = await rawConnect(server.port)
    for (let count = 0; count < 30; count++) {
      steady.socket.write(get('/'))
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await expect
      .poll(() => steady.received().match(/HTTP\/1\.1 200 /g)?.length, { timeout: 20_000 })
      .toBe(30)
    const others = Array.from({ length: 4 }, async () => {
      const close = get('/', 'Connection: close\r\n')
      return (await rawConnect(server.port, get('/').repeat(14) + close)).closed
    })
    for (const answer of await Promise.all(others)) {
      expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(15)
    }
  })

  test('without it there is none', async () => {
    const server = await startServer('app.ts')
    const raw = await rawConnect(server.port)
    for (let count = 1; count <= 500; count++) {
      raw.socket.write(get('/'))
      await expect
        .poll(() => raw.received().split('HTTP/1.1 200 ').length - 1, {
          interval: 1,
          timeout: 20_000,
        })
        .toBe(count)
    }
  })

  test.each(['SHED_DELAY', 'MAX_REQUEST_RATE'])(
    '%s=often is refused at the start',
    async (name) => {
      const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', [name]: 'often' })
      expect(await program.exited).toBe(78)
      expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name} is "often"`)
    },
  )
})

describe('pipelined requests', () => {
  test('past a hundred that wait are refused in their turn; those before are answered', async () => {
    const server = await startServer('app.ts')
    const flood = await rawConnect(server.port, get('/slow/500') + get('/log').repeat(2_000))
    const answer = await flood.closed
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(101)
    expect(answer.match(/HTTP\/1\.1 429 /g)).toHaveLength(1)
    expect(answer).toMatch(/429 Too Many Requests: 100 wait on this connection\n$/)
    expect(server.events().filter(({ message }) => message === 'asked')).toHaveLength(100)
    expect((await fetch(server.url)).status).toBe(200)
  })

  test('a hundred at a time may go on for ever', async () => {
    const server = await startServer('app.ts')
    const raw = await rawConnect(server.port)
    for (let round = 1; round <= 5; round++) {
      raw.socket.write(get('/').repeat(100))
      await expect
        .poll(() => raw.received().split('HTTP/1.1 200 ').length - 1, { timeout: 20_000 })
        .toBe(round * 100)
    }
  })
})
