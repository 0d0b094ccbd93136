import type { Context } from 'hono'

const ids = new WeakMap<Request, string>()

/** What a client or a proxy may hand in as an id: short, and safe in a log line and in a header. */
const acceptable = /^[\w.=+/@:-]{1,128}$/

/**
 * The id of the request that `c` belongs to: its `X-Request-Id` where that is 1–128 of
 * `A–Z a–z 0–9 _ . = + / @ : -`, else a new UUID. The response carries it as `X-Request-Id`.
 * The same id comes back on each call.
 */
export function requestId(c: Context): string {
  const request = c.req.raw
  let id = ids.get(request)
  if (id === undefined) {
    const given = c.req.header('x-request-id')
    id = given !== undefined && acceptable.test(given) ? given : crypto.randomUUID()
    ids.set(request, id)
    // In background work the response may be on its way: its head cannot change any more.
    if (!c.finalized || !c.res.body?.locked) c.header('X-Request-Id', id)
  }
  return id
}
