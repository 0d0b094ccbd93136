import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { adminUrl, readMetrics } from './metrics.ts'
import { killAll, startServer } from './process.ts'

afterEach(killAll)

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The metrics of the tables in docs/metrics.md. */
const documented = [
  ...readFileSync(file('../../../docs/metrics.md'), 'utf8').matchAll(/^\| `([a-z0-9_]+)` +\|/gm),
]
  .map(([, name]) => name!)
  .filter(
    (name) => !/^(http_request_method|http_response_status_code|url_scheme|error_type)$/.test(name),
  )

test('every metric is in the docs', async () => {
  const server = await startServer('app.ts', { ADMIN_PORT: '0' })
  await (await fetch(server.url)).text()
  const text = await readMetrics(await adminUrl(server))
  const emitted = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!)
  // One line of the table stands for all of these.
  const isListed = (name: string) =>
    documented.includes(name) ||
    /^nodejs_eventloop_delay_(max|mean|stddev|p50|p90|p99)_seconds$/.test(name)
  expect(emitted.filter((name) => !isListed(name))).toEqual([])
})

test('every metric of the docs is in the source', () => {
  const source = globSync(['../src/**/*.ts', '../../port-bound/src/**/*.ts'].map(file))
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n')
  const missing = documented.filter(
    (name) => !source.includes(name.replace('_delay_min_', '_delay_${name}_')),
  )
  expect(documented.length).toBeGreaterThan(20)
  expect(missing).toEqual([])
})
