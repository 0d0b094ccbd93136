import { afterAll, beforeAll, describe } from 'vitest'
import { temporaryFolder } from './kv-attachment.ts'
import { killAll } from './process.ts'
import { sharedQueueSuite } from './queue-processes.ts'

afterAll(killAll)

describe('queues in a file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  sharedQueueSuite(() => {
    const url = `file:${folder.path}/queues.sqlite`
    return { CASES_URL: url, WORK_URL: url }
  })
})
