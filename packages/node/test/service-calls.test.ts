import { afterAll, beforeAll, describe } from 'vitest'
import { nowhere, startDropping } from '../../core/test/service/drops.ts'
import { serviceSuite } from '../../core/test/service/suite.ts'
import { killAll, type Server, startServer } from './process.ts'

describe('a service by URL', () => {
  let dropping: Awaited<ReturnType<typeof startDropping>>
  let calling: Server
  beforeAll(async () => {
    const called = await startServer('service-called.ts')
    dropping = await startDropping()
    const urls = { OTHER_URL: called.url, DOWN_URL: nowhere, DROPS_URL: dropping.url }
    calling = await startServer('service-calling.ts', urls)
  })
  afterAll(async () => {
    await killAll()
    dropping.close()
  })

  serviceSuite(() => calling.url)
})
