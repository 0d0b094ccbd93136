import type { Context } from 'hono'
import { adapterOf } from './adapter/adapter.ts'
import { createLogger, type Logger } from './log.ts'
import { requestId } from './request-id.ts'

/**
 * The logger of the request that `c` belongs to: each line carries the request's id.
 *
 * @throws MOORING_E_NO_ADAPTER outside a request that an adapter made
 * @example
 * app.get('/', (c) => {
 *   logger(c).info('home page asked for')
 *   return c.text('hello')
 * })
 */
export function logger(c: Context): Logger {
  return createLogger(adapterOf(c, 'logger').write, { requestId: requestId(c) })
}
