import type { Context } from 'hono'
import type { FetchHandler } from './fetch-handler.ts'
import type { Logger } from './log.ts'

type OnError = (error: Error, c: Context) => Response | Promise<Response>

/** The part of Hono that is used. What a bundle has none of is not brought into it for this. */
interface HonoLike {
  /** Hono gives it no public name. */
  readonly errorHandler?: OnError
  readonly onError?: (handler: OnError) => unknown
}

/**
 * Makes a Hono app that has no `onError` log what its handlers throw, as one event. Hono's own error
 * handler prints the stack, which port-bound is many lines, each of which a log collector takes for
 * an event (twelve-factor XI). What the client gets stays the same.
 */
export function logHandlerErrors(handler: FetchHandler, log: Pick<Logger, 'error'>): void {
  const app = handler as unknown as HonoLike
  const printing = app.errorHandler
  if (!printing || !app.onError || printing !== (new (baseOf(app))() as HonoLike).errorHandler)
    return
  app.onError((error, c) => {
    // HTTPException and its like are answers, not faults.
    if ('getResponse' in error) return printing(error, c)
    const { method, path } = c.req
    log.error('the handler threw', { method, path, error })
    return c.text('Internal Server Error', 500)
  })
}

/** Hono's own class, below those that extend it: an app's may do anything in its constructor. */
function baseOf(value: object): new () => object {
  const above = Object.getPrototypeOf(value) ?? Object.prototype
  const next = Object.getPrototypeOf(above) ?? Object.prototype
  return next === Object.prototype ? above.constructor : baseOf(above)
}
