import { defineApp, type HandlerOf, logger, requestId } from '@mooring/core'
import { Hono, type MiddlewareHandler } from 'hono'
import * as z from 'zod'
import { fetchPage, timedOut } from './fetch-page.ts'
import { readPageHead } from './page-head.ts'
import { pageText } from './page-text.ts'
import { problem, ProblemError } from './problem.ts'

/** What a page may take, redirects and reading included. */
const pageTimeoutMs = 5_000

/** A page's head is at its start: the rest of a long page is not read. */
const pageLimitBytes = 512 * 1024

const app = defineApp({
  name: 'preview',
  config: z.object({
    /** Whether pages at private addresses are read: for tests, and for an intranet. */
    ALLOW_PRIVATE: z.stringbool('true or false').default(false),
  }),
  setup: ({ config }) =>
    new Hono()
      .use(async (c, next) => {
        requestId(c)
        await next()
      })
      .onError((error, c) => {
        if (error instanceof ProblemError) {
          return problem(c, error.status, error.message, error.field)
        }
        logger(c).error('request failed', { path: c.req.path, error })
        return problem(c, 500)
      })
      .notFound((c) => problem(c, 404))
      .get('/title', pageUrl(), async (c) => {
        const timeout = AbortSignal.timeout(pageTimeoutMs)
        const signal = AbortSignal.any([timeout, c.req.raw.signal])
        const page = await fetchPage(c.req.valid('query').url, config.ALLOW_PRIVATE, signal)
        const text = pageText(page.body, page.contentType, pageLimitBytes)
        const head = await readPageHead(text, page.url).catch((error: unknown) => {
          if (timeout.aborted) throw timedOut()
          throw error
        })
        return c.json({ url: page.url.href, ...head }, 200)
      }),
})

export default app

/** For Hono's typed client: `hc<PreviewApi>(url)`. */
export type PreviewApi = HandlerOf<typeof app>

/** The page that is asked about, typed for the client. */
function pageUrl(): MiddlewareHandler<
  {},
  string,
  { in: { query: { url: string } }; out: { query: { url: URL } } }
> {
  return async (c, next) => {
    const text = c.req.query('url')
    if (text === undefined) throw new ProblemError(400, 'Required: ?url=https://…', 'url')
    const url = URL.parse(text)
    if (!url) throw new ProblemError(400, 'Must be a whole URL.', 'url')
    c.req.addValidatedData('query', { url })
    await next()
  }
}
