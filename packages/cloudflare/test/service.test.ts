import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { serviceSuite } from '../../core/test/service/suite.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('a service by binding, on workerd', () => {
  let server: TestHarness
  let url: string
  beforeAll(async () => {
    const worker = (name: string) => ({
      name,
      main: `service/${name}.ts`,
      compatibility_date: '2026-11-01',
    })
    const services = [
      { binding: 'OTHER', service: 'called' },
      { binding: 'DOWN', service: 'down', entrypoint: 'Down' },
      { binding: 'DROPS', service: 'down' },
    ]
    const calling = { ...worker('calling'), services }
    const workers = [calling, worker('called'), worker('down')].map((config) => ({ config }))
    server = createTestHarness({ root, workers })
    url = (await server.listen()).url.href
  })
  afterAll(() => server.close())

  serviceSuite(() => url)

  test('D-110: its host is the resource’s name, and nothing is said of a connection', async () => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ path: '/a' }) })
    const { headers, body } = (await response.json()) as {
      headers: readonly [string, string][]
      body: string
    }
    expect(JSON.parse(body)).toMatchObject({ host: 'other', path: '/a' })
    expect(headers.map(([name]) => name)).toEqual(['content-type'])
  })
})
