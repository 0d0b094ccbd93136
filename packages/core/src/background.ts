import type { Context } from 'hono'
import { adapterOf } from './adapter/adapter.ts'
import { createLogger } from './log.ts'

/**
 * Does work after the response, best effort. Port-bound, draining awaits it; injected, the runtime
 * keeps the request's context alive for it (on Workers at most 30 s after the response).
 * A rejection is logged with `name` and goes no further. It is lost with a process that is killed:
 * work that must complete is sent to a `queue()`.
 *
 * @param work a promise, or a function that makes one
 * @param name what the log calls it if it fails or is cut off
 * @throws MOORING_E_NO_ADAPTER outside a request that an adapter made
 * @example
 * app.get('/:slug', (c) => {
 *   background(c, countClick(c.req.param('slug')), 'count click')
 *   return c.redirect('https://example.com/')
 * })
 */
export function background(
  c: Context,
  work: Promise<unknown> | (() => Promise<unknown>),
  name = 'background work',
): void {
  const { write, waitUntil } = adapterOf(c, 'background')
  const promise = typeof work === 'function' ? Promise.resolve().then(work) : work
  const caught = promise.catch((error: unknown) =>
    createLogger(write).error(`${name} failed`, { error }),
  )
  if (waitUntil) waitUntil(caught, name)
  else c.executionCtx.waitUntil(caught)
}
