import { type Context, Hono } from 'hono'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  background,
  clientAddress,
  defineApp,
  drainSignal,
  kv,
  logger,
  requestId,
} from './index.ts'
import { testApp } from './testing/index.ts'

const schema = z.object({ NAME: z.string().default('world'), COUNT: z.coerce.number().optional() })

test('setup gets the output of the schema, and the resources by their names', async () => {
  const app = defineApp({
    name: 'greeter',
    config: schema,
    resources: { store: kv() },
    setup: ({ config, resources: { store } }) =>
      new Hono().get('/', async (c) => {
        await store.put('a', 'b')
        return c.json({ name: config.NAME, count: config.COUNT, a: await store.get('a') })
      }),
  })
  const { request } = await testApp(app, { env: { COUNT: '3' } })
  expect(await (await request('/')).json()).toEqual({ name: 'world', count: 3, a: 'b' })
})

test('every problem is told in one error: config and resources', async () => {
  const { service } = await import('./index.ts')
  const app = defineApp({
    name: 'greeter',
    config: z.object({
      A: z.url(),
      B_SECRET: z.enum(['x', 'y']),
      NEEDED: z.string(),
      COUNT: z.coerce.number(),
      LEVEL: z.enum(['low', 'high']),
    }),
    resources: { other: service(), maybe: service({ optional: true }) },
    setup: () => new Hono(),
  })
  const env = { A: 'https://user:pass@', B_SECRET: 'hunter22' }
  const error = await testApp(app, { env }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'MOORING_E_CONFIG' })
  const text = JSON.stringify(error, Object.getOwnPropertyNames(error))
  expect(text).toMatch(/6 problems/)
  const { why } = error as { why: string }
  expect(why.split('\n  ')).toEqual(
    expect.arrayContaining([
      'NEEDED (not set): is required (expected string)',
      'COUNT (not set): is required (expected number)',
      'LEVEL (not set): is required (expected one of "low"|"high")',
      'OTHER (not set): expected services.other',
    ]),
  )
  expect(text).not.toMatch(/MAYBE|hunter22|user:pass/)
})

test('a schema that answers later is awaited, and one that quotes a secret is silenced', async () => {
  const quoting = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (env: unknown) => ({
        issues: [
          { message: `bad: ${(env as { KEY: string }).KEY}`, path: ['KEY'] },
          { message: 'no path' },
        ],
      }),
    },
  } as const
  const app = defineApp({ name: 'a', config: quoting, secrets: ['KEY'], setup: () => new Hono() })
  const error = await testApp(app, { env: { KEY: 'open-sesame' } }).catch((e: Error) => e)
  expect(error).toMatchObject({ why: expect.stringMatching(/KEY \(set, not shown\): bad: \(not/) })
})

test('an optional resource that is not attached is undefined', async () => {
  const { service } = await import('./index.ts')
  const app = defineApp({
    name: 'a',
    resources: { maybe: service({ optional: true }) },
    setup: ({ resources }) => new Hono().get('/', (c) => c.json(resources.maybe === undefined)),
  })
  const { request } = await testApp(app)
  expect(await (await request('/')).json()).toBe(true)
})

test('the portable functions work on a bare Hono app too', async () => {
  let done = false
  const app = new Hono().get('/', (c) => {
    background(c, async () => void (done = true))
    logger(c).info('hello', { a: 1 })
    const { aborted } = drainSignal(c)
    return c.json([clientAddress(c), requestId(c) === requestId(c), aborted])
  })
  const { request, settled, logs, drain } = await testApp(app, { clientAddress: '192.0.2.9' })
  const response = await request('/', { headers: { 'x-request-id': 'id-1' } })
  expect(await response.json()).toEqual(['192.0.2.9', true, false])
  expect(response.headers.get('x-request-id')).toBe('id-1')
  await settled()
  expect(done).toBe(true)
  expect(logs).toMatchObject([{ level: 'info', message: 'hello', a: 1, requestId: 'id-1' }])
  drain()
  expect(await (await request('/')).json()).toEqual(['192.0.2.9', true, true])
})

test('background work that fails is logged by its name, and nothing else happens', async () => {
  const app = new Hono().get('/', (c) => {
    background(c, Promise.reject(new Error('no')), 'the count')
    background(
      c,
      () => {
        throw new Error('at once')
      },
      'the other',
    )
    return c.text('ok')
  })
  const { request, settled, logs } = await testApp(app)
  expect((await request('/')).status).toBe(200)
  await settled()
  const messages = logs.map((event) => event.message)
  expect(messages.sort()).toEqual(['the count failed', 'the other failed'])
})

test.each([
  ['background', (c: Context) => background(c, async () => {})],
  ['logger', logger],
  ['clientAddress', clientAddress],
  ['drainSignal', drainSignal],
])('%s without an adapter says so', async (name, call) => {
  let thrown: unknown
  const app = new Hono().get('/', (c) => {
    try {
      call(c)
    } catch (error) {
      thrown = error
    }
    return c.text('ok')
  })
  await app.request('/')
  expect(thrown).toMatchObject({
    code: 'MOORING_E_NO_ADAPTER',
    message: expect.stringContaining(`${name}(c)`),
  })
})

test('a schedule gets what setup got, and runs by its name', async () => {
  const ran: unknown[] = []
  const app = defineApp({
    name: 'a',
    config: schema,
    schedules: {
      sweep: {
        cron: '0 * * * *',
        run: async ({ config, scheduledAt, signal }) =>
          void ran.push(config.NAME, scheduledAt.toISOString(), signal.aborted),
      },
      bad: { cron: '5 * * * *', run: () => Promise.reject(new Error('no')) },
    },
    setup: () => new Hono(),
  })
  expect(app.crons).toEqual({ sweep: '0 * * * *', bad: '5 * * * *' })
  const adapter = {
    name: 'test',
    write: () => {},
    drainSignal: new AbortController().signal,
    clientAddress: () => undefined,
  }
  const find = () => ({ missing: { name: 'A', value: 'not set', expected: 'a' } })
  const booted = await app.boot({ adapter, env: {}, find })
  await booted.runSchedule('sweep', new Date(0))
  expect(ran).toEqual(['world', '1970-01-01T00:00:00.000Z', false])
  await expect(booted.runSchedule('bad', new Date(0))).rejects.toThrow('no')
})
