import type { Context } from 'hono'

/** Whether a case asks for what a declared difference decides: the query has this name. */
export function isAskedFor(c: Context, name: string): boolean {
  return c.req.query(name) !== undefined
}

/**
 * The name of a header that is asked for.
 *
 * @throws TypeError at one beyond ASCII, as `Headers` does everywhere but on workerd (D-04), unless
 *   the case is about that
 */
export function headerName(c: Context): string {
  const name = c.req.param('name') ?? ''
  if (isAskedFor(c, 'any-name') || !/[^\0-\x7f]/.test(name)) return name
  throw new TypeError(`${name} is no name of a header`)
}
