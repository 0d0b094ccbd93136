import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Adapter } from './adapter/adapter.ts'
import { MooringError } from './errors.ts'
import type { Logger } from './log.ts'
import type { MessageBatch } from './queues/message-batch.ts'
import type { Delivery } from './queues/receive.ts'
import type { RequestLimits } from './request-limits.ts'
import type { QueueOptions } from './resources/queue.ts'
import type { AttachedResource, Found, Handles, Resource } from './resources/resource.ts'
import type { FetchHandler } from './fetch-handler.ts'

/** A folder of files that are served before the app is asked. */
export interface StaticFolder {
  /** The folder, relative to `base`. */
  readonly folder: string
  /** `import.meta.url` of the module that declares it. */
  readonly base: string
  /**
   * What a browser gets that navigates to a path that is no file: the page of an app that has its
   * routes in the browser. Without it that is for the app too.
   */
  readonly fallback?: '/index.html'
}

/** What `setup` gets. */
export interface SetupContext<Config, Resources> {
  /** The output of the config's schema. */
  readonly config: Config
  readonly resources: Handles<Resources>
  readonly log: Logger
}

/** What a schedule's handler gets. */
export interface ScheduleContext<Config, Resources> extends SetupContext<Config, Resources> {
  /** When it was to run. */
  readonly scheduledAt: Date
  /** Aborts when the process starts to drain, which awaits the run; never on Workers. */
  readonly signal: AbortSignal
}

export interface Schedule<Config, Resources> {
  /**
   * A cron expression of five fields, in UTC. For every target: days of the week by name (`MON-FRI`,
   * since 1 is Sunday on Workers and Monday elsewhere), and not beside days of the month.
   */
  readonly cron: string
  /** One that rejects is a failed run: it is logged, and not tried again. */
  readonly run: (context: ScheduleContext<Config, Resources>) => Promise<void>
}

/** What a consumer gets beside the message. Its log says which message it is about. */
export interface MessageContext<Config, Resources> extends SetupContext<Config, Resources> {
  /** The same at every attempt: by it a consumer knows what it has done before. */
  readonly id: string
  /** 1 for the first one. */
  readonly attempt: number
  readonly sentAt: Date
  /**
   * Aborts when the process drains: one that then rejects has not failed, and another process begins
   * anew. Never on Workers.
   */
  readonly signal: AbortSignal
}

/** The handler of each `queue()` among the resources. */
export type Consumers<Config, Resources> = {
  readonly [
    name in keyof Resources as Resources[name] extends { readonly kind: 'queue' } ? name : never
  ]: (
    message: MessageOf<Resources[name]>,
    context: MessageContext<Config, Resources>,
  ) => Promise<void>
}

/** That an app with a queue has consumers. What they are {@link Consumers} says. */
export type NeedsConsumers<Config, Resources> =
  {} extends Consumers<Config, Resources> ? {} : { readonly consumers: unknown }

type MessageOf<Of> = Of extends { readonly options: QueueOptions<infer Schema> }
  ? StandardSchemaV1.InferOutput<Schema>
  : never

/** What a schema makes of the environment; nothing where there is no schema. */
export type ConfigOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : {}

/** What an author writes. */
export interface AppDefinition<
  Schema extends StandardSchemaV1 | undefined,
  Resources extends Readonly<Record<string, Resource>>,
  Handler extends FetchHandler,
> {
  /** Short and stable: it names the app in logs, and its data in stores that it shares. */
  readonly name: string
  /** A schema for the environment variables (any Standard Schema). */
  readonly config?: Schema
  /** Variables whose values no error may print, beside those whose name tells. */
  readonly secrets?: readonly string[]
  readonly resources?: Resources
  /** Port-bound, served from disk; injected, `assets.directory` of the Worker's configuration. */
  readonly static?: StaticFolder
  /** What a request may have, made by `requestLimits`; without it the runtime's own limits hold. */
  readonly limits?: RequestLimits
  /**
   * Named work at set times. Port-bound, one of all processes that share the app's `kv()` runs it;
   * injected, cron triggers of the same expressions do.
   */
  readonly schedules?: Readonly<Record<string, Schedule<ConfigOf<Schema>, Resources>>>
  /**
   * Handles the messages of each `queue()`. One that resolves is done; after one that rejects the
   * message is tried again, and in the end a dead letter. The same message may come twice.
   */
  readonly consumers?: Consumers<ConfigOf<Schema>, Resources>
  /** Wires the app: synchronous, and without I/O. Port-bound once at boot, injected once an isolate. */
  readonly setup: (context: SetupContext<ConfigOf<Schema>, Resources>) => Handler
}

/** What an adapter gives a booting app. */
export interface Target {
  readonly adapter: Adapter
  /** Where the app's configuration is: environment variables, or the Worker's `env`. */
  readonly env: Readonly<Record<string, unknown>>
  /** Looks in the environment for one resource. */
  readonly find: (app: string, name: string, resource: Resource) => Found
}

/** An app that has its configuration and its resources. */
export interface BootedApp<Handler extends FetchHandler = FetchHandler, Context = unknown> {
  readonly handler: Handler
  /** What `setup` got. */
  readonly context: Context
  readonly resources: readonly AttachedResource[]
  /** Runs the schedule of that name. @throws what its handler throws */
  readonly runSchedule: (name: string, scheduledAt: Date) => Promise<void>
  /** Runs a queue's consumer. @throws what it throws */
  readonly runConsumer: (name: string, message: unknown, delivery: Delivery) => Promise<void>
}

/** An app as an injected runtime calls it. */
export interface Injected {
  /** @throws MOORING_E_CONFIG, and what else the boot throws: both are in the log then */
  boot(env: any): Promise<BootedApp>
  fetch(request: Request, env: any, executionCtx: any): Promise<Response>
  /** @throws what the boot throws, and where a run failed */
  runSchedules(cron: string, scheduledAt: Date, env: any): Promise<void>
  /** @throws what the boot throws, and where the app has no queue */
  runConsumers(batch: MessageBatch, env: any): Promise<void>
}

/** What `defineApp` returns: an app, before any runtime has it. */
export interface App<Handler extends FetchHandler = FetchHandler, Context = unknown> {
  readonly name: string
  readonly static: StaticFolder | undefined
  readonly limits: RequestLimits | undefined
  /** The cron expressions of its schedules, by their names. */
  readonly crons: Readonly<Record<string, string>>
  /**
   * Reads the configuration, attaches the resources, runs `setup`.
   *
   * @throws MOORING_E_CONFIG with all problems at once
   */
  readonly boot: (target: Target) => Promise<BootedApp<Handler, Context>>
  /** For a runtime that hands the configuration in with each event: boots at the first one. */
  readonly inject: (adapter: Adapter) => Injected
}

/** The handler's type of an app, for Hono's typed client: `hc<HandlerOf<typeof app>>(url)`. */
export type HandlerOf<Of> = Of extends App<infer Handler> ? Handler : never

/** Whether `defineApp` made it. */
export function isApp(value: App | FetchHandler): value is App {
  return 'boot' in value && typeof value.boot === 'function'
}

/** @throws MOORING_E_APP where `value` is neither an app nor something with `fetch` */
export function assertApp(value: unknown): asserts value is App | FetchHandler {
  const given = value as Partial<App & FetchHandler> | null | undefined
  if (typeof given?.boot === 'function' || typeof given?.fetch === 'function') return
  throw new MooringError('MOORING_E_APP', {
    message: `Expected an app, got ${given === null ? 'null' : typeof given}.`,
    why: 'An app is what defineApp returns, a Hono instance, or any object with fetch(request).',
    fix: 'export default defineApp({ … }), and pass that.',
  })
}
