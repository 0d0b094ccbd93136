import { background, drainSignal, logger } from '@mooring/core'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Clicks } from './clicks.ts'
import { eventStream } from './event-stream.ts'
import { idempotencyKey, type Idempotency } from './idempotency.ts'
import type { Previews } from './link-preview.ts'
import { type LinkRequest, type ValidLinkRequest, validateLinkRequest } from './link-request.ts'
import type { LinkRecord, LinkStore, Seed } from './link-store.ts'
import { type Link, viewOf } from './link-view.ts'
import { liveFeed } from './live-feed.ts'
import { allowOnly } from './method-not-allowed.ts'
import { type PageQuery, readPageQuery, toCursor } from './page-query.ts'
import { ProblemError } from './problem.ts'
import { readJson } from './read-json.ts'
import { slugPattern } from './slugs.ts'

export interface LinksParts {
  readonly links: LinkStore
  readonly clicks: Clicks
  readonly previews: Previews
  readonly idempotency: Idempotency
  /** Where the service is reached, if that is not where a request came in. */
  readonly baseUrl: string | undefined
}

const bodyLimitBytes = 16 * 1024

/** `/api/links`, chained so that Hono's typed client knows every route. */
export function linksRoutes({ links, clicks, previews, idempotency, baseUrl }: LinksParts) {
  const baseOf = (c: Context) => baseUrl ?? new URL(c.req.url).origin

  /** The link that a path names. @throws ProblemError unknown-link */
  async function find(slug: string): Promise<LinkRecord> {
    const link = slugPattern.test(slug) ? await links.get(slug) : undefined
    if (link) return link
    throw new ProblemError('unknown-link', `No link has the slug ${JSON.stringify(slug)}.`)
  }

  async function view(c: Context, link: LinkRecord): Promise<Link> {
    const [snapshot, preview] = await Promise.all([clicks.snapshot(link), previews.of(link)])
    return viewOf(link, baseOf(c), snapshot, preview)
  }

  /** Creates a link and, after the response, looks at the page behind it. */
  async function create(c: Context, request: ValidLinkRequest, seed?: Seed): Promise<Link> {
    const link = await links.create(request, seed)
    background(c, () => previews.refresh(c, link), 'preview')
    return viewOf(link, baseOf(c), { count: 0 }, previews.initial)
  }

  const routes = new Hono()
    .post('/', linkBody(baseUrl), async (c) => {
      const request = c.req.valid('json')
      const key = idempotencyKey(c.req.header('idempotency-key'))
      const { value: link, replayed } =
        key === undefined
          ? { value: await create(c, request), replayed: false }
          : await idempotency.once(key, request, (seed) => create(c, request, seed))
      if (replayed) c.header('Idempotent-Replayed', 'true')
      return c.json(link, 201, { Location: `/api/links/${link.slug}` })
    })
    .get('/', pageQuery(), async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const page = await links.page(limit, cursor)
      const views = await Promise.all(page.links.map((link) => view(c, link)))
      const { nextCursor } = page
      return c.json({ links: views, nextCursor: nextCursor ? toCursor(nextCursor) : null })
    })
    .get('/:slug', async (c) => {
      const link = await find(c.req.param('slug'))
      const [snapshot, preview, isPreviewDue] = await Promise.all([
        clicks.snapshot(link),
        previews.of(link),
        previews.isDue(link),
      ])
      if (snapshot.foldable) background(c, () => clicks.fold(link), 'fold clicks')
      if (isPreviewDue) background(c, () => previews.refresh(c, link), 'preview')
      return c.json(viewOf(link, baseOf(c), snapshot, preview), 200)
    })
    .delete('/:slug', async (c) => {
      const link = await find(c.req.param('slug'))
      await links.delete(link)
      // What this does not reach, in a runtime that cuts it short, expires with the link.
      background(c, () => Promise.all([clicks.deleteAll(link), previews.delete(link)]), 'delete')
      return c.body(null, 204)
    })
    .get('/:slug/live', async (c) => {
      const link = await find(c.req.param('slug'))
      const snapshot = await clicks.snapshot(link)
      const lastEventId = c.req.header('last-event-id') ?? c.req.query('lastEventId')
      const exists = async () => (await links.get(link.slug))?.id === link.id
      return eventStream(
        c,
        (signal) => liveFeed({ clicks, link, snapshot, lastEventId, signal, exists }),
        [drainSignal(c), c.req.raw.signal],
        (error) => logger(c).warn('live feed broke off', { slug: link.slug, error }),
      )
    })
  // Not chained: the client's types are to know only what works.
  routes.all('/', allowOnly('GET, HEAD, POST'))
  routes.all('/:slug', allowOnly('GET, HEAD, DELETE'))
  routes.all('/:slug/live', allowOnly('GET, HEAD'))
  return routes
}

/** Reads and validates the body of a creation, typed for the client. */
function linkBody(
  baseUrl: string | undefined,
): MiddlewareHandler<{}, string, { in: { json: LinkRequest }; out: { json: ValidLinkRequest } }> {
  const ownOrigins = baseUrl === undefined ? [] : [new URL(baseUrl).origin]
  return async (c, next) => {
    const body = await readJson(c.req.raw, bodyLimitBytes)
    const origins = [...ownOrigins, new URL(c.req.url).origin]
    c.req.addValidatedData('json', validateLinkRequest(body, origins))
    await next()
  }
}

/** Reads and validates the query of a page, typed for the client. */
function pageQuery(): MiddlewareHandler<
  {},
  string,
  { in: { query: { cursor?: string; limit?: string } }; out: { query: PageQuery } }
> {
  return async (c, next) => {
    c.req.addValidatedData('query', readPageQuery(c.req.query()))
    await next()
  }
}
