import type { App, BootedApp, Injected } from '../app.ts'
import { describeThrown } from '../errors.ts'
import { createLogger } from '../log.ts'
import {
  bindingFix,
  describeResource,
  environmentNames,
  type Found,
  type Resource,
} from '../resources/resource.ts'
import type { Adapter } from './adapter.ts'

type Env = Readonly<Record<string, unknown>>

/**
 * Boots the app at the first event, since only then is the configuration there, and once an
 * isolate. A failed boot is tried again at the next event: the client gets a bare 500, the log the
 * whole reason.
 */
export function inject(app: App, adapter: Adapter): Injected {
  let booting: Promise<BootedApp> | undefined

  function boot(env: Env): Promise<BootedApp> {
    booting ??= app.boot({ adapter, env, find: findBinding(env) }).catch((error: unknown) => {
      booting = undefined
      createLogger(adapter.write).error(describeThrown(error), { app: app.name })
      throw error
    })
    return booting
  }

  return {
    async fetch(request, env, executionCtx) {
      const booted = await boot(env).catch(() => undefined)
      if (booted) return booted.handler.fetch(request, env, executionCtx)
      return new Response('Internal Server Error', { status: 500 })
    },
    async runSchedules(cron, scheduledAt, env) {
      const booted = await boot(env)
      await booted.runSchedules(cron, scheduledAt)
    },
  }
}

/** Finds a resource by its binding, such as `STORE`. */
function findBinding(env: Env): (app: string, name: string, resource: Resource) => Found {
  return (app, resource, { kind }) => {
    const names = environmentNames(resource)
    const name = names.binding
    const value = env[name]
    if (value === undefined) {
      const isMissing = `${describeResource(kind, { resource, ...names })} is not attached.`
      const expected = `${isMissing}\n${bindingFix(kind, name)}`
      return { missing: { name, value: 'not bound', expected } }
    }
    const what = kind === 'kv' ? 'KV namespace' : 'service binding'
    const at = { via: 'binding', app, resource, ...names, value } as const
    return { at, target: `${what} ${name}`, embedded: false }
  }
}
