import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, launch, startServer } from './process.ts'

afterEach(killAll)

describe('boot', () => {
  test('one JSON line tells where it listens, on what, and how long it may take to stop', async () => {
    const server = await startServer('app.ts')
    const lines = server.stdout().trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'info',
      message: 'listening',
      app: 'fixture',
      port: server.port,
      resources: [{ name: 'store', kind: 'kv', target: 'memory:', embedded: false }],
      shutdown: { graceMs: 10_000, deadlineMs: 8_500, source: 'default' },
    })
    expect(await (await fetch(server.url)).text()).toBe('hello')
  })

  test('every problem of the configuration is told at once, no secret is shown, nothing is bound', async () => {
    const program = launch('app.ts', { PORT: '0', GREETING: 'a', API_TOKEN: 'top-secret-value' })
    expect(await program.exited).toBe(78)
    const { stderr, stdout } = program
    expect(stderr()).toMatch(/MOORING_E_CONFIG.*3 problems/)
    expect(stderr()).toMatch(/GREETING \("a"\)/)
    expect(stderr()).toMatch(/API_TOKEN \(set, not shown\)/)
    expect(stderr()).toMatch(/STORE_URL \(not set\)/)
    expect(stderr()).not.toContain('top-secret-value')
    expect(stderr()).not.toMatch(/^\s+at /m)
    expect(stdout()).toBe('')
  })

  test.each(['abc', '-1', '3000abc', '70000', '', '0x1F91', '1e4', ' 80'])(
    'PORT=%j is refused with its name, value and fix, and exit 78',
    async (PORT) => {
      const program = launch('app.ts', { PORT, STORE_URL: 'memory:' })
      expect(await program.exited).toBe(78)
      expect(program.stderr()).toContain(`MOORING_E_PORT: PORT is ${JSON.stringify(PORT)}.`)
      expect(program.stderr()).toMatch(/Fix: /)
    },
  )

  test('a port in use is refused, naming the process that holds it', async () => {
    const first = await startServer('app.ts')
    const second = launch('app.ts', { PORT: String(first.port), STORE_URL: 'memory:' })
    expect(await second.exited).toBe(78)
    expect(second.stderr()).toContain('MOORING_E_ADDRESS_IN_USE')
    expect(second.stderr()).toContain(`process ${first.child.pid} (`)
  })

  test.each(['no.such.host.invalid', '203.0.113.7', 'a b'])('HOST=%j is refused', async (HOST) => {
    const program = launch('app.ts', { PORT: '0', HOST, STORE_URL: 'memory:' })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain(`MOORING_E_HOST: HOST is ${JSON.stringify(HOST)}.`)
  })

  test('in production it listens on every interface, IPv4 and IPv6', async () => {
    const { port } = await startServer('app.ts')
    for (const host of ['127.0.0.1', '127.0.0.2', '[::1]']) {
      expect((await fetch(`http://${host}:${port}/`)).status).toBe(200)
    }
  })

  test('in development it listens on localhost only, with an embedded store, and says so', async () => {
    const server = await startServer('app.ts', {
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      STORE_URL: undefined,
    })
    const { resources } = await server.event('listening')
    expect(resources).toMatchObject([{ target: 'file:.mooring/store.sqlite', embedded: true }])
    await expect(fetch(`http://127.0.0.2:${server.port}/`)).rejects.toThrow()
  })

  test('in development a default port that is taken falls to the next free one', async () => {
    const holder = createServer()
    holder.listen(5000, 'localhost').on('error', () => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    const program = launch('app.ts', { NODE_ENV: 'development', STORE_URL: 'memory:' })
    const { port } = await program.event('listening')
    expect(port).toBeGreaterThan(5000)
    holder.close()
  })

  test('what is not an app is refused', async () => {
    const program = launch('not-an-app.ts', { PORT: '0' })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain('MOORING_E_APP')
  })

  test('a bare Hono app is served as it is', async () => {
    const server = await startServer('bare.ts', { NAME: 'value' })
    expect(await (await fetch(`${server.url}/env`)).text()).toBe('value')
    expect(await (await fetch(`${server.url}/conninfo`)).text()).toBe('127.0.0.1')
  })

  test('described, it prints its name, static folder and schedules, and binds nothing', async () => {
    const program = launch('bad-schedules.ts', { MOORING_DESCRIBE: '1' })
    expect(await program.exited).toBe(0)
    expect(JSON.parse(program.stdout())).toEqual({
      name: 'bad',
      static: null,
      crons: { sweep: '0 * * * *' },
    })
  })

  test('a rejection that nobody handles during boot ends the process', async () => {
    const program = launch('slow-boot.ts', { PORT: '0', REJECT: '1' })
    expect(await program.exited).toBe(1)
    expect(await program.event('a rejection was not handled')).toMatchObject({ level: 'error' })
  })

  test('SIGTERM during boot exits 0', async () => {
    const program = launch('slow-boot.ts', { PORT: '0' })
    await program.event('setting up')
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })
})

describe('a request', () => {
  test('sees the environment as c.env, its own id, and the address of the client', async () => {
    const server = await startServer('app.ts', { SOME_NAME: 'some value' })
    expect(await (await fetch(`${server.url}/env/SOME_NAME`)).text()).toBe('some value')
    expect(await (await fetch(`${server.url}/address`)).text()).toBe('127.0.0.1')
    const given = await fetch(`${server.url}/id`, { headers: { 'x-request-id': 'req-1' } })
    expect(given.headers.get('x-request-id')).toBe('req-1')
    const bad = await fetch(`${server.url}/id`, { headers: { 'x-request-id': 'a b' } })
    expect(bad.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })

  test('has the client’s address from a proxy that is trusted, and from no other', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' }
    const wary = await startServer('app.ts')
    expect(await (await fetch(`${wary.url}/address`, { headers })).text()).toBe('127.0.0.1')
    const behind = await startServer('app.ts', { TRUSTED_PROXIES: 'loopback' })
    expect(await (await fetch(`${behind.url}/address`, { headers })).text()).toBe('192.0.2.1')
  })

  test('cannot change the environment of the process through c.env', async () => {
    const server = await startServer('app.ts', { SOME_NAME: 'before' })
    await fetch(`${server.url}/env/SOME_NAME/after`, { method: 'PUT' })
    expect(await (await fetch(`${server.url}/env/SOME_NAME`)).text()).toBe('before')
  })

  test('logs one JSON line with its id', async () => {
    const server = await startServer('app.ts')
    await fetch(`${server.url}/log`, { headers: { 'x-request-id': 'abc' } })
    expect(await server.event('asked')).toMatchObject({
      level: 'info',
      app: 'fixture',
      requestId: 'abc',
      path: '/log',
    })
  })

  test.each([
    ['/throw', 500],
    ['/head?value=a%0d%0ab', 500],
    ['/head?value=%F0%9F%98%80', 500],
    ['/floating', 200],
    ['/failing-background', 200],
  ])('%s answers %i and the process lives', async (path, status) => {
    const server = await startServer('app.ts')
    const response = await fetch(server.url + path)
    expect(response.status).toBe(status)
    expect(await response.text()).not.toMatch(/secret body|on purpose/)
    expect((await fetch(server.url)).status).toBe(200)
    expect(server.child.exitCode).toBeNull()
  })

  test('a stdout whose reader went away does not end the process, and what it misses is counted', async () => {
    const server = await startServer('app.ts', { ADMIN_PORT: '0' })
    const url = await adminUrl(server)
    server.child.stdout!.destroy()
    for (let i = 0; i < 20; i++) await fetch(`${server.url}/log`)
    expect((await fetch(server.url)).status).toBe(200)
    const dropped = async () => valueOf(await readMetrics(url), 'mooring_dropped_log_lines_total')
    await expect.poll(dropped).toBeGreaterThanOrEqual(20)
  })
})

describe('probes', () => {
  test('/livez and /readyz answer, to HEAD too', async () => {
    const { url } = await startServer('app.ts')
    for (const probe of ['/livez', '/readyz']) {
      const response = await fetch(url + probe)
      expect([response.status, await response.json()]).toEqual([
        200,
        { status: 'pass', phase: 'serving' },
      ])
      expect((await fetch(url + probe, { method: 'HEAD' })).status).toBe(200)
    }
  })
})

test('a free port that another program took is told before anything else is lost', async () => {
  const holder = createServer().listen(0, '::')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const program = launch('app.ts', { PORT: String(port), STORE_URL: 'memory:' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(`process ${process.pid} (`)
  holder.close()
})
