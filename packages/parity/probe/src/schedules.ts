import type { Kv, Logger } from '@mooring/core'
import { Hono } from 'hono'

interface Context {
  readonly resources: { readonly store: Kv }
  readonly scheduledAt: Date
  readonly signal: AbortSignal
  readonly log: Logger
}

/** Far from whenever this is run: a case says when a schedule runs. */
const seldom = (minute: number) => `${minute} 3 29 2 *`

/** Work at set times: its effects are in the store, which the process that runs it may share. */
export const schedules = {
  count: {
    cron: seldom(7),
    run: async ({ resources: { store }, scheduledAt, signal, log }: Context) => {
      const runs = Number((await store.get('runs')) ?? 0) + 1
      await store.put('runs', String(runs))
      const isNow = Math.abs(Date.now() - scheduledAt.getTime()) < 60_000
      log.info(`counted ${runs}`, { isNow, aborted: signal.aborted })
    },
  },
  fail: {
    cron: seldom(8),
    run: async ({ resources: { store } }: Context) => {
      await store.put('failed', 'halfway')
      throw new Error('the secret of the house')
    },
  },
}

/** What schedules left in the store. */
export const scheduled = (store: Kv): Hono =>
  new Hono()
    .delete('/', async (c) => {
      for (const key of ['runs', 'failed']) await store.delete(key)
      return c.body(null, 204)
    })
    .get('/:key', async (c) => c.json((await store.get(c.req.param('key'))) ?? null))
