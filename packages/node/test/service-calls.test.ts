import { afterAll, beforeAll, describe } from 'vitest'
import { serviceSuite } from '../../core/test/service/suite.ts'
import { killAll, type Server, startServer } from './process.ts'

describe('a service by URL', () => {
  let calling: Server
  beforeAll(async () => {
    const called = await startServer('service-called.ts')
    calling = await startServer('service-calling.ts', { OTHER_URL: called.url })
  })
  afterAll(killAll)

  serviceSuite(() => calling.url)
})
