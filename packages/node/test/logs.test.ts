import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, startServer } from './process.ts'

afterEach(killAll)

const post = async (url: string) => (await fetch(url, { method: 'POST' })).text()

test('a reader that is slow gets every line before the process is gone', async () => {
  const server = await startServer('app.ts', { SHUTDOWN_BUDGET: '60s' })
  server.child.stdout!.pause()
  await post(`${server.url}/log/2000`)
  server.child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 200))
  server.child.stdout!.resume()
  expect(await server.exited).toBe(0)
  const lines = server.events().filter(({ message }) => message === 'one of many')
  expect(lines.map(({ line }) => line as number)).toEqual(Array.from({ length: 2000 }, (_, n) => n))
  await server.event('drained')
})

test('a reader that reads no more does not keep the process', async () => {
  const server = await startServer('app.ts', { SHUTDOWN_BUDGET: '2s' })
  server.child.stdout!.pause()
  await post(`${server.url}/log/2000`)
  server.child.kill('SIGTERM')
  expect(await once(server.child, 'exit')).toEqual([0, null])
  server.child.stdout!.resume()
})

test('what such a reader leaves is bounded: the rest is dropped, counted and told', async () => {
  const server = await startServer('app.ts', { ADMIN_PORT: '0' })
  const url = await adminUrl(server)
  server.child.stdout!.pause()
  await post(`${server.url}/log/10000`)
  const dropped = valueOf(await readMetrics(url), 'mooring_dropped_log_lines_total')!
  expect(dropped).toBeGreaterThan(4000)
  server.child.stdout!.resume()
  const written = () => server.events().filter(({ message }) => message === 'one of many')
  await expect.poll(() => written().length).toBe(10_000 - dropped)
  await post(`${server.url}/log/1`)
  expect(await server.event('log lines were dropped')).toMatchObject({ dropped })
})
