import type { StandardSchemaV1 } from '@standard-schema/spec'
import { inject } from './adapter/inject.ts'
import type { App, AppDefinition, ConfigOf, NeedsConsumers, SetupContext } from './app.ts'
import type { FetchHandler } from './fetch-handler.ts'
import { readConfig } from './config.ts'
import { createLogger } from './log.ts'
import { configError, type Problem } from './problem.ts'
import { attachAll, type Resource } from './resources/resource.ts'
import { withOwnNames } from './websocket/names.ts'

type AnyConsumers = Readonly<Record<string, (message: any, context: any) => Promise<void>>>

/**
 * Declares an app once, for every runtime.
 *
 * @example
 * export default defineApp({
 *   name: 'hello',
 *   config: z.object({ GREETING: z.string().default('hello') }),
 *   setup: ({ config }) => new Hono().get('/', (c) => c.text(config.GREETING)),
 * })
 */
export function defineApp<
  Handler extends FetchHandler,
  const Resources extends Readonly<Record<string, Resource>> = {},
  Schema extends StandardSchemaV1 | undefined = undefined,
>(
  definition: AppDefinition<Schema, Resources, Handler> &
    NeedsConsumers<ConfigOf<Schema>, Resources>,
): App<Handler, SetupContext<ConfigOf<Schema>, Resources>> {
  const { name, schedules = {} } = definition
  const consumers: AnyConsumers = definition.consumers ?? {}
  const app: App<Handler, SetupContext<ConfigOf<Schema>, Resources>> = {
    name,
    static: definition.static,
    limits: definition.limits,
    crons: Object.fromEntries(Object.entries(schedules).map(([key, { cron }]) => [key, cron])),
    boot: async (target) => {
      const problems: Problem[] = []
      const { config: schema, secrets = [], resources: declared = {} } = definition
      const config = schema ? await readConfig(schema, target.env, secrets, problems) : {}
      const find = (resource: string, spec: Resource) => target.find(name, resource, spec)
      const { handles, attached } = await attachAll(declared, find, problems)
      for (const { kind, name: queue } of attached) {
        if (kind !== 'queue' || consumers[queue]) continue
        const expected = `Declare who handles its messages: consumers: { ${queue}: … } in defineApp.`
        problems.push({ name: queue, value: 'a queue without a consumer', expected })
      }
      if (problems.length > 0) {
        await Promise.allSettled(attached.map((resource) => resource.close?.()))
        throw configError(name, problems)
      }
      const log = createLogger(target.adapter.write)
      const context = { config, resources: handles, log } as SetupContext<
        ConfigOf<Schema>,
        Resources
      >
      return {
        handler: withOwnNames(() => definition.setup(context)),
        context,
        resources: attached,
        runSchedule: async (key, scheduledAt) => {
          await schedules[key]?.run({ ...context, scheduledAt, signal: target.adapter.drainSignal })
        },
        runConsumer: async (queue, message, { id, attempt, sentAt }) => {
          const { write, drainSignal: signal } = target.adapter
          const facts = { id, attempt, sentAt, signal }
          const of = createLogger(write, { queue, messageId: id })
          await consumers[queue]!(message, { ...context, ...facts, log: of })
        },
      }
    },
    inject: (adapter) => inject(app, adapter),
  }
  return app
}
