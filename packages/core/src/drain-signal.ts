import type { Context } from 'hono'
import { adapterOf } from './adapter/adapter.ts'

/**
 * A signal that aborts when the process starts to drain, so that a handler that would go on for
 * ever (an event stream) can end its response cleanly. Injected it never aborts: those runtimes
 * announce no stop. Port-bound it is one for the whole process: who listens to it for one request
 * combines it with that request's own, `AbortSignal.any([drainSignal(c), c.req.raw.signal])`.
 *
 * @throws MOORING_E_NO_ADAPTER outside a request that an adapter made
 */
export function drainSignal(c: Context): AbortSignal {
  return adapterOf(c, 'drainSignal').drainSignal
}
