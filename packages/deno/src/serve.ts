import type { App, FetchHandler, SetupContext } from '@mooring/core'
import { type Hooks, obeyBootSignals, serveFetch, type ServedPort } from '@mooring/port-bound'
import { sayRedirect } from './request-redirect.ts'
import { denoRuntime } from './runtime.ts'

// From the first import on: the program may take its time before it serves.
obeyBootSignals()

/**
 * Binds an app to `$PORT` with `Deno.serve`, and serves it until a signal ends the process: config,
 * boot, bind, ready, drain.
 *
 * SIGTERM or SIGINT stops accepting, finishes the requests in flight, awaits background work and
 * exits 0, or 3 when the platform's grace (`SHUTDOWN_BUDGET`) is used up. Bad configuration or an
 * address that cannot be had is told on stderr and exits 78 before anything is bound.
 *
 * @param app what `defineApp` returns, a Hono instance, or any object with `fetch`
 * @param hooks what to do before the port is bound, for readiness, and at the end
 * @example
 * import { serve } from '@mooring/deno'
 * import app from './app.ts'
 *
 * await serve(app)
 */
export async function serve<Setup = SetupContext<{}, {}>>(
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup> = {},
): Promise<ServedPort> {
  sayRedirect()
  return serveFetch(denoRuntime, app, hooks)
}
