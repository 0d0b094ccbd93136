import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueSuite, sendWork } from '../../core/test/queues/suite.ts'
import { adminUrl, readMetrics } from './metrics.ts'
import { killAll, launch, type Server, startServer } from './process.ts'
import { keysOf } from './queue-processes.ts'

afterAll(killAll)

const inMemory = { NODE_ENV: 'test', CASES_URL: 'memory:', WORK_URL: 'memory:' }

describe('queues in memory', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('queues.ts', { ...inMemory, ADMIN_PORT: '0' })
  })

  queueSuite(() => server.url)

  test('what became of messages is counted', async () => {
    await sendWork(server.url, { key: 'done' }, { key: 'failing', failures: 9 })
    const admin = await adminUrl(server)
    const counts = async () =>
      [
        ...(await readMetrics(admin)).matchAll(
          /^mooring_queue_messages_total(\{.*"work".*\}) (\d+)$/gm,
        ),
      ]
        .map(([, labels, count]) => `${/outcome="(\w+)"/.exec(labels!)![1]} ${count}`)
        .toSorted()
    await expect.poll(counts).toEqual(['dead 1', 'done 1', 'release 0', 'retry 1'])
  })

  test('the end finishes what is in hand, and says what is lost', async () => {
    const work = Array.from({ length: 6 }, (_, index) => ({ key: `${index}`, sleepMs: 1_000 }))
    await sendWork(server.url, ...work)
    await expect.poll(() => keysOf(server, 'began')).toContain('3')
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(keysOf(server, 'handled').toSorted()).toEqual(['0', '1', '2', '3', 'done'])
    const lost = await server.event('queue work: messages are lost with the process')
    expect(lost).toMatchObject({ level: 'warn', messages: 2 })
  })
})

test.each([
  [
    { NODE_ENV: 'production', WORK_URL: undefined },
    ['WORK_URL (not set): The queue resource "work" (WORK_URL port-bound', 'CASES_URL ("memory:")'],
  ],
  [
    { CASES_URL: 'file:/proc/queue', WORK_URL: 'redis://127.0.0.1:1' },
    ['cannot be opened at /proc/queue', 'cannot be reached at 127.0.0.1:1'],
  ],
  [{ WORK_URL: 'redis://127.0.0.1:1', QUEUE_LEASE: '10ms' }, ['QUEUE_LEASE is "10ms"']],
  [{ WORK_URL: 'postgres://db/a' }, ['has no driver for postgres:']],
  [{ MOORING_DEAD_LETTERS: 'list mails' }, ['and the name of a queue (cases, work)']],
  [{ MOORING_DEAD_LETTERS: 'list work' }, ['keeps no dead letters at memory:']],
  [{ CONSUMERS: 'no' }, ['CONSUMERS is "no"']],
  [{ WEB_CONCURRENCY: '2' }, ['needs a queue that the 2 processes of WEB_CONCURRENCY share']],
])('refused at the start: %o', async (env, texts) => {
  const program = launch('queues.ts', { PORT: '0', ...inMemory, ...env })
  expect(await program.exited).toBe(78)
  for (const text of texts) expect(program.stderr()).toContain(text)
})
