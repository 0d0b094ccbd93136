import { Hono } from 'hono'
import { hc } from 'hono/client'
import { z } from 'zod'
import {
  type CountingKv,
  defineApp,
  type HandlerOf,
  type Kv,
  kv,
  type Queue,
  queue,
  type Service,
  service,
} from './index.ts'

/** Fails to compile where the two types differ. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

const app = defineApp({
  name: 'typed',
  config: z.object({ TTL_DAYS: z.coerce.number().default(30) }),
  resources: {
    store: kv(),
    counter: kv({ counting: true }),
    preview: service(),
    extra: service({ optional: true }),
  },
  setup: ({ config, resources }) => {
    same<typeof config.TTL_DAYS, number>()
    same<typeof resources.store, Kv>()
    same<typeof resources.counter, CountingKv>()
    same<typeof resources.preview, Service>()
    same<typeof resources.extra, Service | undefined>()
    return new Hono().get('/links/:slug', (c) => c.json({ slug: c.req.param('slug'), clicks: 1 }))
  },
})

const client = hc<HandlerOf<typeof app>>('http://localhost')
export const answer = async (): Promise<{ slug: string; clicks: number }> => {
  const response = await client.links[':slug'].$get({ param: { slug: 'a' } })
  return response.json()
}

const withoutCounting = defineApp({ name: 'a', resources: { store: kv() }, setup: refuse })
same<HandlerOf<typeof withoutCounting>, Hono>()

function refuse({ resources }: { resources: { store: Kv } }): Hono {
  // @ts-expect-error there is no increment without asking for it
  void resources.store.increment
  return new Hono()
}

const message = z.object({ at: z.coerce.date(), count: z.number().default(1) })
type Message = z.input<typeof message>

defineApp({
  name: 'queues',
  resources: {
    store: kv(),
    work: queue({ message }),
    extra: queue({ message: z.string(), optional: true }),
  },
  consumers: {
    work: async ({ at, count }, { attempt, resources: { store, extra } }) => {
      same<typeof at, Date>()
      same<typeof count, number>()
      same<typeof attempt, number>()
      same<typeof store, Kv>()
      same<typeof extra, Queue<string> | undefined>()
    },
    extra: async (text) => same<typeof text, string>(),
  },
  setup: ({ resources: { work } }) => {
    same<typeof work, Queue<Message>>()
    // @ts-expect-error a message has its schema's type
    void work.send({ count: 'one' })
    return new Hono()
  },
})

defineApp({
  name: 'missing',
  resources: { store: kv(), work: queue({ message }) },
  // @ts-expect-error each queue has a consumer, and nothing else has
  consumers: { store: async () => {} },
  setup: () => new Hono(),
})

// @ts-expect-error a queue has a consumer
defineApp({ name: 'none', resources: { work: queue({ message }) }, setup: () => new Hono() })
