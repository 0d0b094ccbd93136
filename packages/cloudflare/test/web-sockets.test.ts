import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { webSocketSuite } from '../../core/test/web-sockets/suite.ts'
import { logOf } from './log-of.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

// The second is from before binary messages became blobs (2026-03-17) and close frames were
// answered by the runtime (2026-04-07).
describe.each(['2026-11-01', '2025-06-01'])('on workerd, compatible with %s', (date) => {
  let server: TestHarness
  let port: number
  beforeAll(async () => {
    const config = {
      name: 'web-sockets',
      main: 'web-sockets/worker.ts',
      compatibility_date: date,
    }
    server = createTestHarness({ root, workers: [{ config }] })
    const { url } = await server.listen()
    port = Number(url.port)
  })
  afterAll(() => server.close())

  const log = () => logOf(server)

  webSocketSuite(() => ({ port, log }), {
    checksFrames: false,
    breach: 'code',
    ignoresOtherUpgrades: true,
    checksUtf8: false,
    showsKey: false,
    namesUpgrade: false,
  })
})
