import {
  defineApp,
  type HandlerOf,
  kv,
  logger,
  MooringError,
  requestId,
  service,
  topic,
} from '@mooring/core'
import { Hono } from 'hono'
import * as z from 'zod'
import { createClicks } from './clicks.ts'
import { followRoute } from './follow-route.ts'
import { createIdempotency } from './idempotency.ts'
import { createPreviews } from './link-preview.ts'
import { createLinkStore } from './link-store.ts'
import { linksRoutes } from './links-routes.ts'
import { liveRoute } from './live-route.ts'
import { badCursor } from './page-query.ts'
import { problem, ProblemError } from './problem.ts'
import { notFound } from './problem-page.ts'
import { removeExpired } from './remove-expired.ts'

const app = defineApp({
  name: 'links',
  config: z.object({
    /** Where people reach the service, for short URLs. @default where the request came in */
    BASE_URL: z
      .url({ protocol: /^https?$/, error: 'an http:// or https:// URL' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    /** The life of a link whose creator names none, in days. */
    TTL_DAYS: z.coerce.number('a number of days').int().min(1).max(3650).default(30),
  }),
  resources: {
    preview: service({ optional: true, timeoutMs: 6_000 }),
    store: kv(),
    feed: topic({ optional: true }),
  },
  schedules: {
    removeExpired: {
      cron: '0 * * * *',
      run: async ({ config, resources: { store, preview }, signal, log }) => {
        const links = createLinkStore(store, config.TTL_DAYS)
        const clicks = createClicks(store)
        const previews = createPreviews(store, preview)
        const removed = await removeExpired({ store, links, clicks, previews, signal })
        if (removed > 0) log.info('expired links were removed', { removed })
      },
    },
  },
  static: { folder: '../public', base: import.meta.url },
  setup: ({ config, resources }) => {
    const links = createLinkStore(resources.store, config.TTL_DAYS)
    const clicks = createClicks(resources.store, resources.feed)
    const previews = createPreviews(resources.store, resources.preview)
    const idempotency = createIdempotency(resources.store)
    const baseUrl = config.BASE_URL

    return new Hono()
      .use(async (c, next) => {
        requestId(c)
        // Nothing here is the same the next time: counts grow, links expire.
        c.header('Cache-Control', 'no-store')
        c.header('X-Content-Type-Options', 'nosniff')
        await next()
      })
      .onError((error, c) => {
        if (error instanceof ProblemError) {
          return problem(c, error.kind, error.message, error.options)
        }
        const code = error instanceof MooringError ? error.code : undefined
        if (code === 'MOORING_E_KV_CURSOR') {
          return problem(c, 'invalid-query', badCursor.detail, { errors: [badCursor] })
        }
        logger(c).error('request failed', { method: c.req.method, path: c.req.path, error })
        if (code !== 'MOORING_E_KV_UNREACHABLE') return problem(c, 'internal-error')
        return problem(c, 'store-unavailable', undefined, { headers: { 'Retry-After': '5' } })
      })
      .notFound(notFound)
      .route('/api/links', linksRoutes({ links, clicks, previews, idempotency, baseUrl }))
      .route('/api/live', liveRoute(resources.feed))
      .route('/', followRoute({ links, clicks }))
  },
})

export default app

/** For Hono's typed client: `hc<LinksApi>(url)`. */
export type LinksApi = HandlerOf<typeof app>
