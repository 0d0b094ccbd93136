import type { App, BootedApp, Injected } from '../app.ts'
import { describeThrown, MooringError } from '../errors.ts'
import { logHandlerErrors } from '../handler-errors.ts'
import { createLogger, type Logger } from '../log.ts'
import { configError } from '../problem.ts'
import type { Found, Resource } from '../resources/resource.ts'
import {
  bindingFix,
  bindings,
  describeResource,
  environmentNames,
} from '../resources/resource-names.ts'
import type { Adapter } from './adapter.ts'
import { unmetNeeds } from './needs.ts'

type Env = Readonly<Record<string, unknown>>

/**
 * Boots the app at the first event, since only then is the configuration there, and once an
 * isolate. A failed boot is tried again at the next event: the client gets a bare 500, the log the
 * whole reason.
 */
export function inject(app: App, adapter: Adapter): Injected {
  const log = createLogger(adapter.write, { app: app.name })
  let booting: Promise<BootedApp> | undefined

  async function bootFrom(env: Env): Promise<BootedApp> {
    const booted = await app.boot({ adapter, env, find: findBinding(env) })
    const problems = unmetNeeds(env)
    if (problems.length > 0) throw configError(app.name, problems)
    logHandlerErrors(booted.handler, log)
    return booted
  }

  function boot(env: Env): Promise<BootedApp> {
    booting ??= bootFrom(env).catch((error: unknown) => {
      booting = undefined
      log.error(describeThrown(error))
      throw error
    })
    return booting
  }

  // The runtime says nothing of it by itself. Under a test runner on Node it is not there.
  globalThis.addEventListener?.('unhandledrejection', ({ reason: error }) => {
    log.error('a rejection was not handled', { error })
  })

  return {
    boot,
    async fetch(request, env, executionCtx) {
      const booted = await boot(env).catch(() => undefined)
      if (booted) {
        const ask = (asked: Request) => booted.handler.fetch(asked, env, executionCtx)
        try {
          const response = await (app.limits ? app.limits.guard(request, ask) : ask(request))
          if (response instanceof Response && !response.bodyUsed) return response
          // The runtime would refuse it too, and tell of it in its own words.
          throw new TypeError('no Response')
        } catch (error) {
          log.error('the handler threw', { error })
        }
      }
      return new Response('Internal Server Error', { status: 500 })
    },
    async runSchedules(cron, scheduledAt, env) {
      const booted = await boot(env)
      await runAll(app, booted, cron, scheduledAt, log)
    },
    async runConsumers(batch, env) {
      const { resources, runConsumer: run } = await boot(env)
      const queue = resources.find(({ receiver }) => receiver)
      if (!queue) throw new Error(`${app.name} declares no queue, and consumes ${batch.queue}`)
      await queue.receiver!.run(batch, resources, { run, log, signal: adapter.drainSignal })
    },
  }
}

/**
 * Each failure is logged, and none stops another. They fail the event, which the runtime counts.
 *
 * @throws MOORING_E_SCHEDULE where no schedule has the expression, or one failed
 */
async function runAll(
  { crons }: App,
  booted: BootedApp,
  cron: string,
  scheduledAt: Date,
  log: Logger,
): Promise<void> {
  const due = Object.keys(crons).filter((name) => crons[name] === cron)
  const failed: string[] = []
  const run = (name: string) =>
    booted.runSchedule(name, scheduledAt).catch((error: unknown) => {
      log.error(`schedule ${name} failed`, { scheduledAt: scheduledAt.toISOString(), error })
      failed.push(name)
    })
  await Promise.all(due.map(run))
  if (due.length === 0) log.error('a cron trigger has no schedule', { cron, declared: crons })
  else if (failed.length === 0) return
  throw new MooringError('MOORING_E_SCHEDULE', {
    message: `The schedules of ${cron} failed: ${failed.join(', ') || 'there is none'}.`,
  })
}

/** Finds a resource by its binding, such as `STORE`. */
function findBinding(env: Env): (app: string, name: string, resource: Resource) => Found {
  return (app, resource, { kind, lines }) => {
    const names = environmentNames(resource)
    const name = names.binding
    const value = env[name]
    if (value === undefined) {
      const isMissing = `${describeResource(kind, { resource, ...names })} is not attached.`
      const more = lines ? `\n${lines(app, name)}` : ''
      const expected = `${isMissing}\n${bindingFix(kind, name)}${more}`
      return { missing: { name, value: 'not bound', expected } }
    }
    const what = kind === 'service' ? 'service binding' : bindings[kind][0]
    const at = { via: 'binding', app, resource, ...names, value } as const
    return { at, target: `${what} ${name}`, embedded: false }
  }
}
