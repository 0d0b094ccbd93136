import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { adminUrl, hasPromtool, readMetrics, valueOf } from './metrics.ts'
import { connectTo, isAlive, startParent } from './workers.ts'

const answered =
  'http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",url_scheme="http"}'

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

test('one ADMIN_PORT has the sum of all workers, and each by itself where a sum means nothing', async () => {
  const parent = await startParent('app.ts', { ADMIN_PORT: '0' })
  const url = await adminUrl(parent)
  const one = await connectTo(parent, () => true)
  const other = await connectTo(parent, (pid) => pid !== one.pid)
  for (const { socket } of [one, other]) socket.write(get)
  await Promise.all([one.closed, other.closed])
  const before = valueOf(await readMetrics(url), answered)!
  expect(before).toBeGreaterThanOrEqual(4)
  const text = await readMetrics(url)
  expect(valueOf(text, 'mooring_workers')).toBe(2)
  expect(valueOf(text, 'mooring_ready')).toBe(2)
  for (const worker of ['parent', '1', '2']) {
    expect(valueOf(text, `process_memory_usage_bytes{worker="${worker}"}`)).toBeGreaterThan(1e6)
  }
  const checked = hasPromtool() && spawnSync('promtool', ['check', 'metrics'], { input: text })
  expect(checked ? checked.stderr.toString() : '').toBe('')

  process.kill(one.pid, 'SIGKILL')
  await expect
    .poll(async () => valueOf(await readMetrics(url), 'mooring_boots_total'), { timeout: 30_000 })
    .toBe(3)
  const after = await readMetrics(url)
  expect(valueOf(after, answered)).toBe(before)
  expect(valueOf(after, 'mooring_worker_exits_total')).toBe(1)
  expect(after).not.toContain('worker="ended"')
})

test('what a worker counted that made room is kept', async () => {
  const parent = await startParent('app.ts', { ADMIN_PORT: '0' })
  const url = await adminUrl(parent)
  for (let asked = 0; asked < 10; asked += 1) {
    await (await fetch(parent.url, { headers: { connection: 'close' } })).text()
  }
  parent.child.kill('SIGHUP')
  await parent.event('restarted')
  expect(valueOf(await readMetrics(url), answered)).toBe(10)
  expect(valueOf(await readMetrics(url), 'mooring_boots_total')).toBe(4)
})

test('it is ready while a worker serves, and answers at once when none can', async () => {
  const parent = await startParent('app.ts', { ADMIN_PORT: '0', SHUTDOWN_BUDGET: '5s' })
  const url = await adminUrl(parent)
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ phase: 'serving' })
  const children = parent.children()
  for (const pid of children) process.kill(pid, 'SIGSTOP')
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect(valueOf(await readMetrics(url), 'mooring_workers')).toBe(2)
  for (const pid of children) process.kill(pid, 'SIGCONT')
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200)

  const slow = fetch(`${parent.url}/slow/1000`)
  await new Promise((resolve) => setTimeout(resolve, 200))
  parent.child.kill('SIGTERM')
  await parent.event('draining')
  const leaving = await fetch(`${url}/readyz`)
  expect([leaving.status, await leaving.json()]).toEqual([
    503,
    { status: 'fail', phase: 'draining' },
  ])
  expect(await (await slow).text()).toBe('slow')
  expect(await parent.exited).toBe(0)
  expect(children.filter(isAlive)).toEqual([])
})
