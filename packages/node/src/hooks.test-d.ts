import { type CountingKv, defineApp, kv } from '@mooring/core'
import { Hono } from 'hono'
import { z } from 'zod'
import { serve } from './index.ts'

/** Fails to compile where the two types differ. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

const app = defineApp({
  name: 'typed',
  config: z.object({ TTL_DAYS: z.coerce.number().default(30) }),
  resources: { counter: kv({ counting: true }) },
  setup: () => new Hono(),
})

export const served = (): unknown[] => [
  serve(app, {
    boot: { ttl: ({ config }) => same<typeof config.TTL_DAYS, number>() },
    ready: { counter: ({ resources }) => same<typeof resources.counter, CountingKv>() },
    close: { all: ({ signal }) => same<typeof signal, AbortSignal>() },
  }),
  serve(new Hono(), { close: { all: ({ log }) => log.info('bye') } }),
  // @ts-expect-error there is no such hook
  serve(app, { opened: {} }),
  // @ts-expect-error nothing of this name is declared
  serve(app, { boot: { a: ({ resources }) => resources.store } }),
]
