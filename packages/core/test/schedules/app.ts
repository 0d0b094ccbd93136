import { type App, defineApp, kv } from '@mooring/core'
import { type Context, Hono } from 'hono'
import { z } from 'zod'

/** Schedules that write down what they did, for the tests of each adapter. */
export const scheduleApp: App = defineApp({
  name: 'schedules',
  config: z.object({
    GREETING: z.string().default('hello'),
    SLOW_MS: z.coerce.number().default(0),
  }),
  resources: { store: kv() },
  schedules: {
    sweep: {
      cron: '* * * * *',
      // A key for each run: two of the same minute would show.
      run: ({ config, resources: { store }, scheduledAt }) =>
        store.put(`sweep/${scheduledAt.toISOString()}/${crypto.randomUUID()}`, config.GREETING),
    },
    bad: { cron: '* * * * *', run: () => Promise.reject(new Error('on purpose')) },
    slow: {
      cron: '*/2 * * * *',
      run: async ({ config, signal, log }) => {
        log.info('slow began')
        await new Promise((resolve) => setTimeout(resolve, config.SLOW_MS))
        log.info('slow ended', { told: signal.aborted })
      },
    },
    yearly: {
      cron: '0 0 31 DEC *',
      run: ({ resources: { store } }) => store.put('yearly', '1'),
    },
  },
  setup: ({ resources: { store } }) =>
    new Hono()
      .get('/keys', async (c: Context) => c.json((await store.list()).keys))
      .get('/value/*', async (c: Context) =>
        c.text((await store.get(c.req.path.slice('/value/'.length))) ?? 'none'),
      ),
})
