import { spawnSync } from 'node:child_process'
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { adminUrl, hasPromtool, readMetrics, valueOf } from './metrics.ts'
import { killAll, rawConnect, startServer } from './process.ts'

afterEach(killAll)

const start = (env = {}) => startServer('app.ts', { ADMIN_PORT: '0', ...env })

const count = (labels: string) => `http_server_request_duration_seconds_count{${labels}}`

test('requests are counted by method and status, with how long they took', async () => {
  const server = await start()
  const url = await adminUrl(server)
  for (const path of ['/', '/', '/nowhere', '/throw']) await (await fetch(server.url + path)).text()
  await (await fetch(`${server.url}/slow/300`)).text()
  await (await fetch(`${server.url}/echo`, { method: 'POST', body: 'x' })).text()
  await (await fetch(server.url, { method: 'PROPFIND' })).text()
  const text = await readMetrics(url)
  const get = 'http_request_method="GET",http_response_status_code='
  expect(valueOf(text, count(`${get}"200",url_scheme="http"`))).toBe(3)
  expect(valueOf(text, count(`${get}"404",url_scheme="http"`))).toBe(1)
  expect(valueOf(text, count(`${get}"500",url_scheme="http",error_type="500"`))).toBe(1)
  const of = (method: string, status: number) =>
    count(`http_request_method="${method}",http_response_status_code="${status}",url_scheme="http"`)
  expect(valueOf(text, of('POST', 200))).toBe(1)
  expect(valueOf(text, of('_OTHER', 404))).toBe(1)
  const bucket = `http_server_request_duration_seconds_bucket{${get}"200",url_scheme="http",le=`
  expect(valueOf(text, `${bucket}"0.25"}`)).toBeLessThanOrEqual(2)
  expect(valueOf(text, `${bucket}"+Inf"}`)).toBe(3)
  const sum = `http_server_request_duration_seconds_sum{${get}"200",url_scheme="http"}`
  expect(valueOf(text, sum)).toBeGreaterThan(0.29)
})

test('a request that is being answered is active; one that was given up is aborted', async () => {
  const server = await start()
  const url = await adminUrl(server)
  const active = 'http_server_active_requests{http_request_method="GET",url_scheme="http"}'
  const stuck = request(`${server.url}/stuck`).on('error', () => {})
  stuck.end()
  await expect.poll(async () => valueOf(await readMetrics(url), active)).toBe(1)
  stuck.destroy()
  await expect.poll(async () => valueOf(await readMetrics(url), active)).toBe(0)
  const aborted = count('http_request_method="GET",url_scheme="http",error_type="aborted"')
  expect(valueOf(await readMetrics(url), aborted)).toBe(1)
})

test('requests that a client pipelines and gives up do not stay active', async () => {
  const server = await start()
  const url = await adminUrl(server)
  const head = 'GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const pipeline = await rawConnect(server.port, head.repeat(20))
  const active = 'http_server_active_requests{http_request_method="GET",url_scheme="http"}'
  await expect.poll(async () => valueOf(await readMetrics(url), active)).toBe(1)
  pipeline.socket.destroy()
  await expect.poll(async () => valueOf(await readMetrics(url), active)).toBe(0)
})

test('the known methods can be set, as the conventions ask', async () => {
  const server = await start({ OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET, PROPFIND' })
  await (await fetch(server.url, { method: 'PROPFIND' })).text()
  await (await fetch(`${server.url}/echo`, { method: 'POST', body: 'x' })).text()
  const text = await readMetrics(await adminUrl(server))
  expect(text).toContain('http_request_method="PROPFIND",http_response_status_code="404"')
  expect(text).toContain('http_request_method="_OTHER",http_response_status_code="200"')
})

test('connections, background work, what was dropped and what came late are counted', async () => {
  const server = await start({ MAX_CONNECTIONS: '1', RESPONSE_TIMEOUT: '1s' })
  const url = await adminUrl(server)
  const held = await rawConnect(server.port)
  await expect.poll(async () => valueOf(await readMetrics(url), 'mooring_open_connections')).toBe(1)
  expect(await (await rawConnect(server.port)).closed).toBe('')
  expect(valueOf(await readMetrics(url), 'mooring_dropped_connections_total')).toBe(1)
  held.socket.write('GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(await held.closed).toMatch(/^HTTP\/1\.1 503 /)
  expect(valueOf(await readMetrics(url), 'mooring_late_requests_total')).toBe(1)
  await expect
    .poll(async () => {
      await (await fetch(`${server.url}/later/a`, { method: 'POST' })).text()
      return valueOf(await readMetrics(url), 'mooring_background_work')
    })
    .toBeGreaterThan(0)
  expect(valueOf(await readMetrics(url), 'mooring_boots_total')).toBe(1)
})

test('while it drains, the phase is told and metrics are answered', async () => {
  const server = await start()
  const url = await adminUrl(server)
  const phase = (name: string) => `mooring_drain_phase{phase="${name}"}`
  expect(valueOf(await readMetrics(url), phase('serving'))).toBe(1)
  const slow = fetch(`${server.url}/slow/1500`)
  await expect.poll(async () => readMetrics(url)).toContain('method="GET",url_scheme="http"} 1')
  server.child.kill('SIGTERM')
  await expect.poll(async () => valueOf(await readMetrics(url), phase('draining'))).toBe(1)
  const text = await readMetrics(url)
  expect(valueOf(text, phase('serving'))).toBe(0)
  expect(valueOf(text, 'mooring_ready')).toBe(0)
  expect(await (await slow).text()).toBe('slow')
  expect(await server.exited).toBe(0)
})

test('the process and its loop are measured', async () => {
  const server = await start()
  const url = await adminUrl(server)
  // Node takes its first sample a timer after a scrape: a block before that goes unseen.
  const delay = async () => {
    await (await fetch(`${server.url}/block/400`)).text()
    return valueOf(await readMetrics(url), 'nodejs_eventloop_delay_max_seconds')
  }
  await expect.poll(delay, { timeout: 30_000 }).toBeGreaterThan(0.39)
  const text = await readMetrics(url)
  expect(valueOf(text, 'process_cpu_time_seconds_total{cpu_mode="user"}')).toBeGreaterThan(0)
  expect(valueOf(text, 'process_memory_usage_bytes')).toBeGreaterThan(1e7)
  expect(text).toContain('target_info{service_name="fixture",process_runtime_name="nodejs"')
})

test.runIf(hasPromtool())("Prometheus's own checker reads them, and finds no fault", async () => {
  const server = await start()
  for (const path of ['/', '/throw']) await (await fetch(server.url + path)).text()
  const response = await fetch(`${await adminUrl(server)}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: await response.text() })
  expect(String(checked.stderr)).toBe('')
  expect(checked.status).toBe(0)
})
