import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('queues of Workers, on workerd', () => {
  let server: TestHarness
  let url: string
  beforeAll(async () => {
    const producers = [
      { binding: 'CASES', queue: 'staging-cases' },
      { binding: 'WORK', queue: 'staging-work' },
    ]
    const consumers = [
      { queue: 'staging-cases', max_retries: 1, max_batch_timeout: 0 },
      {
        queue: 'staging-work',
        max_retries: 1,
        max_batch_size: 10,
        max_batch_timeout: 0,
        dead_letter_queue: 'staging-dead',
      },
      // What comes here is handled once more: that is how dead letters are replayed.
      { queue: 'staging-dead', max_retries: 0, max_batch_timeout: 0 },
    ]
    const config = {
      name: 'queues',
      main: 'queues/worker.ts',
      compatibility_date: '2026-11-01',
      queues: { producers, consumers },
    }
    server = createTestHarness({ root, workers: [{ config }] })
    url = (await server.listen()).url.origin
  })
  afterAll(() => server.close())

  queueSuite(() => url)

  const events = () =>
    server
      .getLogs()
      .map(({ message }) => message)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const of = (key: string) => events().filter((event) => event['key'] === key)

  test('one message that fails is tried again, and those beside it are not', async () => {
    await sendWork(url, { key: 'a' }, { key: 'b', failures: 1 }, { key: 'c' })
    await expect
      .poll(() => of('b'))
      .toMatchObject([
        { message: 'began', attempt: 1 },
        { message: 'began', attempt: 2 },
        { message: 'handled', attempt: 2 },
      ])
    for (const key of ['a', 'c']) {
      expect(of(key)).toMatchObject([{ message: 'began' }, { message: 'handled', attempt: 1 }])
    }
    const failed = { message: 'queue work: a message failed, and is tried again', attempt: 1 }
    const error = expect.objectContaining({ message: 'on purpose' })
    expect(events()).toContainEqual(expect.objectContaining({ level: 'warn', ...failed, error }))
  })

  test('no more of a batch are handled at a time than the queue says', async () => {
    const keys = Array.from({ length: 10 }, (_, index) => `batch-${index}`)
    await sendWork(url, ...keys.map((key) => ({ key, sleepMs: 300 })))
    const mine = () => events().filter(({ key }) => keys.includes(String(key)))
    await expect.poll(() => mine().length).toBe(20)
    let running = 0
    const counts = mine().map(({ message }) => (running += message === 'began' ? 1 : -1))
    expect(Math.max(...counts)).toBe(4)
  })

  test('what is given up goes to the dead letter queue, whose consumer may be the same', async () => {
    await sendWork(url, { key: 'dead', failures: 2 })
    await expect.poll(() => of('dead').map(({ attempt }) => attempt)).toEqual([1, 2, 1])
    const told = { message: 'queue work: a message is a dead letter', attempt: 2 }
    expect(events()).toContainEqual(expect.objectContaining({ level: 'error', ...told }))
  })

  test('a message of no queue of the app is an error, and is not acknowledged', async () => {
    await fetch(`${url}/raw`, { method: 'POST', body: JSON.stringify({ queue: 'other' }) })
    await expect
      .poll(events)
      .toContainEqual(
        expect.objectContaining({ message: 'a message is of no queue that the app declares' }),
      )
  })
})
