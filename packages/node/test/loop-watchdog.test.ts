import { afterEach, expect, test } from 'vitest'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, launch, rawConnect, startServer } from './process.ts'

afterEach(killAll)

test('a loop that was blocked is told and counted', async () => {
  const server = await startServer('app.ts', { LOOP_WATCHDOG: '500ms', ADMIN_PORT: '0' })
  await (await fetch(`${server.url}/block/1500`)).text()
  const { ms } = await server.event('the event loop was blocked')
  expect(ms).toBeGreaterThan(1000)
  const text = await readMetrics(await adminUrl(server))
  expect(valueOf(text, 'mooring_eventloop_blocked_total')).toBeGreaterThanOrEqual(1)
  expect(valueOf(text, 'mooring_eventloop_blocked_seconds_total')).toBeGreaterThan(1)
})

test('LOOP_WATCHDOG=0s is off', async () => {
  const server = await startServer('app.ts', { LOOP_WATCHDOG: '0s', LOOP_WATCHDOG_STACK: 'on' })
  await (await fetch(`${server.url}/block/1500`)).text()
  server.child.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(server.stdout()).not.toContain('blocked')
})

test('with a thread, a script that blocks is told while it does, and where', async () => {
  const server = await startServer('app.ts', { LOOP_WATCHDOG: '500ms', LOOP_WATCHDOG_STACK: 'on' })
  const blocking = fetch(`${server.url}/spin/60000`).catch(() => 'killed')
  const { ms, app, stack } = await server.event('the event loop is blocked')
  expect([ms >= 500, app]).toEqual([true, 'fixture'])
  expect(stack).toMatch(/^ {4}at spin \(file:\/\/.*\/fixtures\/app\.ts:\d+:\d+\)$/m)
  server.child.kill('SIGKILL')
  expect(await blocking).toBe('killed')
})

test('what is no script is told too, and where it was when it returns', async () => {
  const server = await startServer('app.ts', { LOOP_WATCHDOG: '300ms', LOOP_WATCHDOG_STACK: 'on' })
  const blocking = fetch(`${server.url}/sleep/3`)
  expect(await server.event('the event loop is blocked')).toMatchObject({
    stack: 'not in a script',
  })
  expect(await (await blocking).text()).toBe('slept')
  const { stack } = await server.event('the event loop was blocked here')
  expect(stack).toContain('/fixtures/app.ts:')
  await server.event('the event loop was blocked')
  expect((await fetch(server.url)).status).toBe(200)
})

test('a loop blocked for 5 s, then SIGTERM: nothing that queued up is lost', async () => {
  const server = await startServer('app.ts', { LOOP_WATCHDOG_STACK: 'on' })
  const blocked = fetch(`${server.url}/spin/5000`)
  await server.event('the event loop is blocked')
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const queued = await Promise.all(
    Array.from({ length: 50 }, () => rawConnect(server.port, request)),
  )
  server.child.kill('SIGTERM')
  const answers = await Promise.all(queued.map(({ closed }) => closed))
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(50)
  expect(await (await blocked).text()).toBe('spun')
  expect(await server.exited).toBe(0)
})

test.each([
  ['LOOP_WATCHDOG', '1000'],
  ['LOOP_WATCHDOG_STACK', 'yes'],
])('%s=%s is refused', async (name, value) => {
  const program = launch('app.ts', { PORT: '0', STORE_URL: 'memory:', [name]: value })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name} is "${value}".`)
})
