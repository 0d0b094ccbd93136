import { afterEach, describe, expect, test } from 'vitest'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, launch, rawConnect, startServer } from './process.ts'

afterEach(killAll)

const get = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('with nothing to do exits 0', async () => {
    const server = await startServer('app.ts')
    server.child.kill(signal)
    expect(await server.exited).toBe(0)
    expect(await server.event('draining')).toMatchObject({ reason: signal, inFlight: 0 })
    await server.event('drained')
  })

  test('lets a request in flight finish, and its response closes the connection', async () => {
    const server = await startServer('app.ts')
    const slow = fetch(`${server.url}/slow/400`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.child.kill(signal)
    const response = await slow
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.text()).toBe('slow')
    expect(await server.exited).toBe(0)
    await expect(fetch(server.url)).rejects.toThrow()
  })
})

describe('draining', () => {
  test('awaits background work', async () => {
    const server = await startServer('app.ts', { STORE_URL: 'memory:' })
    expect((await fetch(`${server.url}/later/a`, { method: 'POST' })).status).toBe(202)
    server.child.kill('SIGTERM')
    expect(await server.event('draining')).toMatchObject({ background: 1 })
    expect(await server.exited).toBe(0)
  })

  test('tells an event stream to end, and its last event arrives', async () => {
    const server = await startServer('app.ts')
    const stream = await fetch(`${server.url}/events`)
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toContain('open')
    server.child.kill('SIGTERM')
    let rest = ''
    for (let read = await reader.read(); !read.done; read = await reader.read()) rest += read.value
    expect(rest).toContain('bye')
    expect(await server.exited).toBe(0)
  })

  test('closes idle connections, and those that never sent a request', async () => {
    const server = await startServer('app.ts')
    const idle = await rawConnect(server.port, get('/'))
    await expect.poll(idle.received).toContain('hello')
    const silent = await rawConnect(server.port)
    const partial = await rawConnect(server.port, 'GET / HTTP/1.1\r\nHost: loc')
    await new Promise((resolve) => setTimeout(resolve, 50))
    server.child.kill('SIGTERM')
    await Promise.all([idle.closed, silent.closed])
    expect(await partial.closed).toMatch(/^HTTP\/1\.1 408 /)
    expect(await server.exited).toBe(0)
  })

  test('answers a request that arrives on an open connection, with Connection: close', async () => {
    const server = await startServer('app.ts')
    const busy = fetch(`${server.url}/slow/600`)
    const late = await rawConnect(server.port)
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.child.kill('SIGTERM')
    await server.event('draining')
    late.socket.write(get('/readyz'))
    expect(await late.closed).toMatch(/^HTTP\/1\.1 503 [^]*Connection: close[^]*"status":"fail"/)
    expect(await (await busy).text()).toBe('slow')
    expect(await server.exited).toBe(0)
  })

  test('accepts the connections that queued up while the loop was blocked', async () => {
    const server = await startServer('app.ts')
    const blocked = fetch(`${server.url}/block/1000`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const queued = await Promise.all(
      Array.from({ length: 30 }, () => rawConnect(server.port, get('/', 'Connection: close\r\n'))),
    )
    server.child.kill('SIGTERM')
    const answers = await Promise.all(queued.map((connection) => connection.closed))
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(30)
    expect(await (await blocked).text()).toBe('blocked')
    expect(await server.exited).toBe(0)
  })

  test('a second SIGTERM changes nothing', async () => {
    const server = await startServer('app.ts')
    const slow = fetch(`${server.url}/slow/500`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.child.kill('SIGTERM')
    await server.event('draining')
    server.child.kill('SIGTERM')
    await server.event('already draining')
    expect(await (await slow).text()).toBe('slow')
    expect(await server.exited).toBe(0)
  })

  test('a second SIGINT, later than a key bounces, cuts off and exits 2', async () => {
    const server = await startServer('app.ts')
    const stuck = fetch(`${server.url}/stuck`).then(
      () => 'answered',
      () => 'reset',
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.child.kill('SIGINT')
    await server.event('draining')
    server.child.kill('SIGINT')
    await server.event('already draining')
    await new Promise((resolve) => setTimeout(resolve, 600))
    server.child.kill('SIGINT')
    expect(await server.exited).toBe(2)
    expect(await stuck).toBe('reset')
  })

  test('what is left at the deadline is cut off and told, exit 3', async () => {
    const server = await startServer('app.ts', { SHUTDOWN_BUDGET: '1s' })
    const stuck = fetch(`${server.url}/stuck?token=secret`).then(
      () => 'answered',
      () => 'reset',
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(3)
    expect(await server.event('cut off')).toMatchObject({
      reason: 'the deadline',
      from: 'draining',
      inFlight: 1,
    })
    expect(await server.event('a request was cut off')).toMatchObject({
      method: 'GET',
      path: '/stuck',
      ageMs: expect.any(Number),
      waitingFor: 'the head',
    })
    expect(await stuck).toBe('reset')
  })

  test('so is background work, by name; the handlers learn why', async () => {
    const server = await startServer('app.ts', { SHUTDOWN_BUDGET: '1s' })
    await fetch(`${server.url}/background/bill%20the%20customer/60000`, { method: 'POST' })
    const aborted = fetch(`${server.url}/stuck-until-abort`).catch(() => 'reset')
    const stream = (await fetch(`${server.url}/endless`)).body!.getReader()
    await stream.read()
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(3)
    expect(await aborted).toBe('reset')
    await expect(
      (async () => {
        while (!(await stream.read()).done);
      })(),
    ).rejects.toThrow('terminated')
    expect(await server.event('background work was cut off')).toMatchObject({
      name: 'bill the customer',
      ageMs: expect.any(Number),
    })
    expect(await server.event('cut off')).toMatchObject({ inFlight: 2, background: 1 })
    const requests = server.events().filter((event) => event['message'] === 'a request was cut off')
    expect(requests.map(({ path, waitingFor }) => [path, waitingFor]).toSorted()).toEqual([
      ['/endless', 'the end of the body'],
      ['/stuck-until-abort', 'the head'],
    ])
    expect(await server.event('aborted')).toMatchObject({
      reason: expect.stringContaining('cut off: the deadline'),
    })
  })

  test('an uncaught exception is logged and counted, and ends nothing', async () => {
    const server = await startServer('app.ts', { ADMIN_PORT: '0' })
    await fetch(`${server.url}/crash`)
    const { error } = await server.event('an exception was not caught')
    expect(error.message).toBe('uncaught on purpose')
    expect((await fetch(server.url)).status).toBe(200)
    const metrics = await readMetrics(await adminUrl(server))
    expect(valueOf(metrics, 'mooring_uncaught_exceptions_total')).toBe(1)
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
  })

  test('asked to exit, it drains what is in flight at an uncaught exception and exits 1', async () => {
    const server = await startServer('app.ts', { UNCAUGHT_EXCEPTION: 'exit' })
    const slow = fetch(`${server.url}/slow/400`)
    await fetch(`${server.url}/crash`)
    expect(await (await slow).text()).toBe('slow')
    expect(await server.exited).toBe(1)
    const { error } = await server.event('an exception was not caught')
    expect(error.message).toBe('uncaught on purpose')
  })
})

describe('a lame duck', () => {
  test('is not ready, but alive and serving, and stops when no request comes any more', async () => {
    const env = { SHUTDOWN_BUDGET: '90s', SHUTDOWN_LAME_DUCK: '60s' }
    const server = await startServer('app.ts', env)
    server.child.kill('SIGTERM')
    await server.event('draining')
    for (const [path, status] of [
      ['/readyz', 503],
      ['/livez', 200],
      ['/', 200],
    ] as const) {
      const response = await fetch(server.url + path)
      expect([path, response.status]).toEqual([path, status])
      expect(response.headers.get('connection')).toBe('close')
    }
    expect(await server.exited).toBe(0)
    // It was quiet long before the most that it may take.
    expect((await server.event('drained'))['afterMs']).toBeLessThan(45_000)
  })

  test('goes on as long as requests come, and no longer than it may', async () => {
    const server = await startServer('app.ts', { SHUTDOWN_LAME_DUCK: '1s' })
    server.child.kill('SIGTERM')
    await server.event('draining')
    let answered = 0
    const refused = await (async () => {
      for (;;) {
        try {
          if ((await fetch(server.url)).status === 200) answered += 1
        } catch (error) {
          return (error as { cause?: { code?: string } }).cause?.code
        }
      }
    })()
    // A connection that the kernel completes just as the listener closes is reset, not refused.
    expect(refused).toMatch(/^(ECONNREFUSED|ECONNRESET)$/)
    expect(answered).toBeGreaterThan(10)
    expect(await server.exited).toBe(0)
  })

  test('is cut short by SIGQUIT, exit 2', async () => {
    const server = await startServer('app.ts', { SHUTDOWN_LAME_DUCK: '8s' })
    server.child.kill('SIGTERM')
    await server.event('draining')
    server.child.kill('SIGQUIT')
    expect(await server.exited).toBe(2)
  })
})

describe('SHUTDOWN_BUDGET', () => {
  test.each([
    ['45s', 45_000, 42_000],
    ['1500ms', 1500, 1000],
    ['1m', 60_000, 57_000],
  ])('%s is the plan', async (SHUTDOWN_BUDGET, graceMs, deadlineMs) => {
    const server = await startServer('app.ts', { SHUTDOWN_BUDGET })
    const { shutdown } = await server.event('listening')
    expect(shutdown).toMatchObject({ graceMs, deadlineMs, source: 'SHUTDOWN_BUDGET' })
  })

  test('the platform is known by its variable', async () => {
    const server = await startServer('app.ts', { KUBERNETES_SERVICE_HOST: '10.0.0.1' })
    const { shutdown } = await server.event('listening')
    expect(shutdown).toEqual({
      graceMs: 30_000,
      deadlineMs: 27_000,
      source: 'Kubernetes',
      lameDuck: { leastMs: 5_000, quietMs: 2_000, mostMs: 15_000 },
    })
  })

  test.each([
    ['SHUTDOWN_BUDGET', '30'],
    ['UNCAUGHT_EXCEPTION', 'ignore'],
    ['SHUTDOWN_BUDGET', ''],
    ['SHUTDOWN_LAME_DUCK', '5 s'],
  ])('%s=%j is refused', async (name, value) => {
    const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', [name]: value })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name} is ${JSON.stringify(value)}.`)
  })
})
