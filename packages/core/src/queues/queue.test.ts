import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineApp, queue } from '../index.ts'
import { caseQueue, consumeCase, queueCases, testApp } from '../testing/index.ts'
import { environmentNames } from '../resources/resource-names.ts'

describe('a queue in memory', () => {
  test.concurrent.each(queueCases)('$name', async ({ run }) => {
    const app = defineApp({
      name: 'cases',
      resources: { work: caseQueue() },
      consumers: { work: consumeCase },
      setup: ({ resources: { work } }) => new Hono().get('/', async (c) => c.json(await run(work))),
    })
    const response = await (await testApp(app)).request('/')
    expect(response.status).toBe(200)
  })
})

const adapter = {
  name: 'test',
  write: () => {},
  drainSignal: new AbortController().signal,
  clientAddress: () => undefined,
}

const mails = queue({
  message: z.object({ to: z.string(), at: z.coerce.date().optional() }),
  maxRetries: 1,
  retryDelayMs: 10,
  concurrency: 2,
})

test('a consumer gets the output of the schema, the resources and a log of its own', async () => {
  const app = defineApp({
    name: 'a',
    resources: { mails },
    consumers: {
      mails: async ({ to, at }, { log, attempt, resources, signal }) => {
        log.info('mail', { to, year: at?.getUTCFullYear(), attempt, told: signal.aborted })
        if (to === 'first') await resources.mails.send({ to: 'second' })
      },
    },
    setup: ({ resources }) =>
      new Hono().post('/', async (c) => {
        await resources.mails.send({ to: 'first', at: new Date(0) })
        return c.body(null, 202)
      }),
  })
  const { request, settled, logs } = await testApp(app)
  expect((await request('/', { method: 'POST' })).status).toBe(202)
  await settled()
  expect(logs).toMatchObject([
    { message: 'mail', queue: 'mails', to: 'first', year: 1970, attempt: 1, told: false },
    { message: 'mail', queue: 'mails', to: 'second', attempt: 1 },
  ])
})

test('a queue that is not bound is told with the lines of a Worker’s configuration', async () => {
  const app = defineApp({
    name: 'shop',
    resources: { clickLog: queue({ message: z.string(), maxRetries: 5 }) },
    consumers: { clickLog: async () => {} },
    setup: () => new Hono(),
  })
  const logs: string[] = []
  const write = ({ message }: { readonly message: string }) => void logs.push(message)
  const response = await app
    .inject({ ...adapter, write })
    .fetch(new Request('http://localhost/'), {}, {})
  expect(response.status).toBe(500)
  expect(logs.join()).toContain(
    '"producers": [{ "binding": "CLICK_LOG", "queue": "shop-click-log" }]',
  )
  expect(logs.join()).toContain('"max_retries": 5, "dead_letter_queue": "shop-click-log-dead"')
})

test('what fails is told: as a warning, and in the end as a dead letter', async () => {
  const app = defineApp({
    name: 'a',
    resources: { mails: queue({ message: z.object({}), maxRetries: 3, retryDelayMs: 10 }) },
    consumers: { mails: () => Promise.reject(new Error('no')) },
    setup: ({ resources }) =>
      new Hono().post('/', async (c) => c.json(await resources.mails.send({}))),
  })
  const { request, logs } = await testApp(app)
  await request('/', { method: 'POST' })
  await expect.poll(() => logs.length).toBe(4)
  const warned = [10, 20, 40].map((afterMs, index) => ({
    level: 'warn',
    message: 'queue mails: a message failed, and is tried again',
    attempt: index + 1,
    afterMs,
    error: { message: 'no' },
  }))
  const dead = { level: 'error', message: 'queue mails: a message is a dead letter', attempt: 4 }
  expect(logs).toMatchObject([...warned, dead])
})

test('no more are handled at a time than it says', async () => {
  let running = 0
  let most = 0
  const app = defineApp({
    name: 'a',
    resources: { mails },
    consumers: {
      mails: async () => {
        most = Math.max(most, (running += 1))
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
      },
    },
    setup: ({ resources }) =>
      new Hono().post('/', async (c) => {
        for (const to of 'abcdefg') await resources.mails.send({ to })
        return c.body(null, 202)
      }),
  })
  const { request, settled } = await testApp(app)
  await request('/', { method: 'POST' })
  await settled()
  expect(most).toBe(2)
})

test('draining takes no further message, and who rejects then has not failed', async () => {
  const ran: string[] = []
  const app = defineApp({
    name: 'a',
    resources: { mails },
    consumers: {
      mails: async ({ to }, { signal }) => {
        ran.push(to)
        await new Promise((_, reject) => signal.addEventListener('abort', reject))
      },
    },
    setup: ({ resources }) =>
      new Hono().post('/:to', async (c) =>
        c.json(await resources.mails.send({ to: c.req.param('to') })),
      ),
  })
  const { request, drain, logs } = await testApp(app)
  await request('/a', { method: 'POST' })
  await expect.poll(() => ran).toEqual(['a'])
  drain()
  await request('/b', { method: 'POST' })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(ran).toEqual(['a'])
  expect(logs).toEqual([])
})

function bootWith(value: unknown, options: object, consumers: object): Promise<unknown> {
  const app = defineApp({
    name: 'a',
    resources: { mails: queue({ message: z.string(), ...options }) },
    consumers: consumers as never,
    setup: () => new Hono(),
  })
  const at = { via: 'binding', app: 'a', resource: 'mails', ...environmentNames('mails'), value }
  const find = () => ({ at, target: 'test', embedded: false }) as const
  return app.boot({ adapter, env: {}, find: find as never })
}

const consumer = { mails: async () => {} }

test.each([
  [{}, {}, consumer, 'Bind a queue as "MAILS" under "queues.producers" in wrangler.jsonc.'],
  [{ sendBatch() {} }, {}, {}, 'mails (a queue without a consumer)'],
  [{ sendBatch() {} }, { maxRetries: 101 }, consumer, 'maxRetries 101: expected a whole number'],
  [{ sendBatch() {} }, { retryDelayMs: 0.5 }, consumer, 'retryDelayMs 0.5'],
  [{ sendBatch() {} }, { concurrency: 0 }, consumer, 'concurrency 0'],
])('what cannot be is refused at the start: %#', async (value, options, consumers, text) => {
  await expect(bootWith(value, options, consumers)).rejects.toMatchObject({
    code: 'MOORING_E_CONFIG',
    why: expect.stringContaining(text),
  })
})
