import { createLogger, describeThrown, toJsonLine } from '@mooring/core'
import {
  type Adapter,
  adopt,
  type App,
  assertApp,
  type BootedApp,
  type FetchHandler,
  isApp,
} from '@mooring/core/adapter'
import { findBinding } from './find-binding.ts'

/** The part of a Worker's execution context that is used, declared by its shape. */
interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
}

/** What a cron trigger hands in. */
interface ScheduledController {
  readonly cron: string
  readonly scheduledTime: number
}

type Env = Readonly<Record<string, unknown>>

/** A module Worker's default export. */
export interface ExportedHandler {
  fetch(request: Request, env: any, ctx: any): Promise<Response>
  scheduled(controller: any, env: any, ctx: any): Promise<void>
}

/** A Worker that answers its own cron triggers, beside `fetch`. */
interface ScheduledHandler extends FetchHandler {
  scheduled?(controller: ScheduledController, env: Env, ctx: ExecutionContext): unknown
}

const log = createLogger((event) => console[event.level](toJsonLine(event)))

const adapter: Adapter = {
  name: 'cloudflare',
  log,
  // Workers announce no stop, so this one never aborts.
  drainSignal: new AbortController().signal,
  clientAddress: (c) => c.req.header('cf-connecting-ip'),
}

/**
 * Exports an app to Workers. The runtime owns the socket; nothing is bound.
 *
 * The app boots at the first event of an isolate, since only then is the configuration there. If
 * that fails the client gets a bare 500 and the log the whole reason, at every event until it is
 * mended.
 *
 * @param app what `defineApp` returns, a Hono instance, or any object with `fetch`
 * @throws MOORING_E_APP at load
 * @example
 * import { handle } from '@mooring/cloudflare'
 * import app from './app.ts'
 *
 * export default handle(app)
 */
export function handle(app: App | FetchHandler): ExportedHandler {
  assertApp(app)
  let booting: Promise<BootedApp> | undefined

  /** One boot an isolate; a failed one is tried again at the next event. */
  function boot(of: App, env: Env): Promise<BootedApp> {
    booting ??= of.boot({ adapter, env, find: findBinding(env) }).catch((error: unknown) => {
      booting = undefined
      log.error(describeThrown(error), { app: of.name })
      throw error
    })
    return booting
  }

  return {
    async fetch(request, env, ctx) {
      adopt(ctx, adapter)
      if (!isApp(app)) return app.fetch(request, env, ctx)
      const booted = await boot(app, env).catch(() => undefined)
      if (booted) return booted.handler.fetch(request, env, ctx)
      return new Response('Internal Server Error', { status: 500 })
    },
    async scheduled(controller: ScheduledController, env, ctx) {
      adopt(ctx, adapter)
      if (!isApp(app))
        return void (await (app as ScheduledHandler).scheduled?.(controller, env, ctx))
      const booted = await boot(app, env)
      await booted.runSchedules(controller.cron, new Date(controller.scheduledTime))
    },
  }
}
