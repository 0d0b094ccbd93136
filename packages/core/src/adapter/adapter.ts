import type { Context } from 'hono'
import { MooringError } from '../errors.ts'
import type { LogEvent } from '../log.ts'
import type { WebSocketAdapter } from './web-socket.ts'

/** What an adapter gives to the portable functions (`background`, `clientAddress`, `logger`, …). */
export interface Adapter {
  /** The runtime's name in log lines and reports, such as `node`. */
  readonly name: string
  /** Writes one log event, which is plain data. */
  readonly write: (event: LogEvent) => void
  /** Aborts when draining starts; never where the runtime announces no stop. */
  readonly drainSignal: AbortSignal
  clientAddress(c: Context): string | undefined
  /** Keeps work alive by its name, where the execution context's own `waitUntil` takes none. */
  readonly waitUntil?: (work: Promise<unknown>, name: string) => void
  /** Not there where the runtime has no WebSockets. */
  readonly webSockets?: WebSocketAdapter
}

const adapters = new WeakMap<object, Adapter>()

/** Ties the execution context that an adapter hands to an app to that adapter. */
export function adopt(executionCtx: object, adapter: Adapter): void {
  adapters.set(executionCtx, adapter)
}

let ofRuntime: Adapter | undefined

/**
 * Ties every execution context that nobody adopts to an adapter, where the runtime makes them: to
 * adopt the one of each request would cost more than the rest of what `handle` does.
 */
export function adoptAll(adapter: Adapter): void {
  ofRuntime = adapter
}

/**
 * The adapter that made the request of `c`.
 *
 * @param caller the portable function's name, for the error
 * @throws MOORING_E_NO_ADAPTER where no adapter did (a bare `app.request()` in a test)
 */
export function adapterOf(c: Context, caller: string): Adapter {
  const executionCtx = executionCtxOf(c)
  const adapter = executionCtx && (adapters.get(executionCtx) ?? ofRuntime)
  if (adapter) return adapter
  throw new MooringError('MOORING_E_NO_ADAPTER', {
    message: `${caller}(c) was called in a request that no adapter made.`,
    why: 'The adapter (serve on Node, handle on Workers) gives it what it needs.',
    fix: 'In a test, send the request through testApp(app) of @mooring/core/testing.',
  })
}

/** Hono's getter throws where there is no execution context. */
function executionCtxOf(c: Context): object | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}
