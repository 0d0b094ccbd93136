import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe } from 'vitest'
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
})
