import type { FetchHandler, Logger } from '@mooring/core'
import { type ErrorHandler, Hono } from 'hono'

/** The handler of errors that an app has. Hono gives it no public name. */
function errorHandlerOf(app: Hono): ErrorHandler {
  return (app as unknown as { readonly errorHandler: ErrorHandler }).errorHandler
}

const printing = errorHandlerOf(new Hono())

/**
 * Makes a Hono app that has no `onError` log what its handlers throw, as one event. Hono's own error
 * handler prints the stack over many lines, each of which a log collector takes for an event
 * (twelve-factor XI). What the client gets stays the same.
 */
export function logHandlerErrors(handler: FetchHandler, log: Logger): void {
  if (!(handler instanceof Hono) || errorHandlerOf(handler) !== printing) return
  handler.onError((error, c) => {
    // HTTPException and its like are answers, not faults.
    if ('getResponse' in error) return printing(error, c)
    const { method, path } = c.req
    log.error('the handler threw', { method, path, error })
    return c.text('Internal Server Error', 500)
  })
}

/**
 * Makes a handler that returns no response one that throws: what comes of it then is logged, and the
 * client is not told. Hono sees to that itself.
 */
export function expectResponses(handler: FetchHandler): FetchHandler {
  if (handler instanceof Hono) return handler
  return {
    fetch(...args) {
      const result = handler.fetch(...args)
      // No await: what is there at once is answered at once.
      return result instanceof Promise ? result.then(expectResponse) : expectResponse(result)
    },
  }
}

/** No instanceof: there are as many Response classes as libraries for fetch. */
function expectResponse(response: unknown): Response {
  const isResponse = typeof response === 'object' && response !== null && 'headers' in response
  if (isResponse) return response as Response
  throw new TypeError(`the handler returned no Response but ${typeof response}`)
}
