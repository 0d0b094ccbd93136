import type { FetchHandler } from '@mooring/core'
import { Hono } from 'hono'

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
  throw noResponse(response)
}

/**
 * Looks at a response of a library's own class. Of the global one a body that is asked for may cost.
 *
 * @throws TypeError where it is none that can be sent
 */
export function assertForeignResponse(response: Response): void {
  const { status, headers, body } = response
  const isHeaders = typeof headers?.forEach === 'function'
  const isBody = body === null || body instanceof ReadableStream
  if (typeof status !== 'number' || !isHeaders || !isBody) throw noResponse(response)
}

function noResponse(returned: unknown): TypeError {
  const kind = returned === null ? 'null' : typeof returned
  return new TypeError(`the handler returned no Response but ${kind}`)
}
