import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { adminUrl } from './metrics.ts'
import { killAll, launch, startServer } from './process.ts'

afterEach(killAll)

test('probes are answered there and on the main port; metrics only there', async () => {
  const server = await startServer('app.ts', { ADMIN_PORT: '0' })
  const url = await adminUrl(server)
  for (const at of [url, server.url]) {
    for (const path of ['/livez', '/readyz']) {
      const response = await fetch(at + path)
      expect([path, response.status]).toEqual([path, 200])
      expect(await response.json()).toMatchObject({ status: 'pass', phase: 'serving' })
    }
  }
  expect((await fetch(`${url}/readyz?verbose`)).status).toBe(200)
  expect((await fetch(`${url}/metrics`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
  expect((await fetch(`${url}/`)).status).toBe(404)
  const posted = await fetch(`${url}/metrics`, { method: 'POST' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('without ADMIN_PORT there is nothing', async () => {
  const server = await startServer('app.ts')
  expect(await server.event('listening')).not.toHaveProperty('admin')
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
})

test('it answers until the exit: not ready, alive; its connections hold nothing up', async () => {
  const server = await startServer('app.ts', { ADMIN_PORT: '0' })
  const url = await adminUrl(server)
  const slow = fetch(`${server.url}/slow/1000`)
  await expect
    .poll(async () => (await fetch(`${url}/metrics`)).text())
    .toContain('http_server_active_requests{http_request_method="GET",url_scheme="http"} 1')
  server.child.kill('SIGTERM')
  await server.event('draining')
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'fail', phase: expect.stringMatching(/^(closing|draining)$/) },
  ])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect(await (await slow).text()).toBe('slow')
  expect(await server.exited).toBe(0)
})

test('ADMIN_HOST is its interface, and without it HOST is', async () => {
  const only = await startServer('app.ts', { ADMIN_PORT: '0', ADMIN_HOST: '127.0.0.1' })
  expect((await only.event('listening'))['admin']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const both = await startServer('app.ts', { ADMIN_PORT: '0', HOST: '127.0.0.1' })
  expect((await both.event('listening'))['admin']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test.each([
  ['abc', /MOORING_E_PORT: ADMIN_PORT is "abc"\./],
  ['', /MOORING_E_PORT: ADMIN_PORT is ""\./],
  ['70000', /MOORING_E_PORT: ADMIN_PORT is "70000"\./],
])('ADMIN_PORT=%j is refused', async (ADMIN_PORT, expected) => {
  const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', ADMIN_PORT })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toMatch(expected)
})

test('ADMIN_PORT that is PORT is refused', async () => {
  const program = launch('app.ts', { STORE_URL: 'memory:', ADMIN_PORT: '8080' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(
    'MOORING_E_SETTING: ADMIN_PORT is "8080".\n  Expected a port of its own: PORT is the same.',
  )
})

test('ADMIN_HOST that is not of this machine is refused by its name', async () => {
  const program = launch('app.ts', {
    PORT: '0',
    STORE_URL: 'memory:',
    ADMIN_PORT: '0',
    ADMIN_HOST: '203.0.113.1',
  })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain('MOORING_E_HOST: ADMIN_HOST is "203.0.113.1".')
})

test('a busy ADMIN_PORT names its holder, and PORT is never bound', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as { port: number }
  const program = launch('app.ts', {
    PORT: '0',
    STORE_URL: 'memory:',
    ADMIN_PORT: `${port}`,
    ADMIN_HOST: '127.0.0.1',
  })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toMatch(
    new RegExp(`MOORING_E_ADDRESS_IN_USE: ADMIN_PORT is ${port}, and process ${process.pid} `),
  )
  expect(program.stdout()).not.toContain('listening')
  holder.close()
})
