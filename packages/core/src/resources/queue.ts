import type { StandardSchemaV1 } from '@standard-schema/spec'
import { openQueueBinding } from '../queues/queue-binding.ts'
import { queueLines, readTerms } from '../queues/queue-limits.ts'
import { createSender } from '../queues/queue-sender.ts'
import { receive } from '../queues/receive.ts'
import { openUrl } from './open-url.ts'
import type { Resource } from './resource.ts'
import { describeResource } from './resource-names.ts'
import type { Queue } from './queue-handle.ts'

export interface QueueOptions<Schema extends StandardSchemaV1> {
  /**
   * What a message is (any Standard Schema). It is asked when one is sent, and again when it is
   * handled: the program that sent it may have been another version.
   */
  readonly message: Schema
  /** Tries after the first one, 0–100. Then it is a dead letter. @default 3 */
  readonly maxRetries?: number
  /** Milliseconds before the second try; before each further one twice as many, up to 1 h. @default 1_000 */
  readonly retryDelayMs?: number
  /** Messages that one process, or one batch of Workers, handles at a time, 1–1000. @default 10 */
  readonly concurrency?: number
  /** Whether the app runs without it; its handle is then `Queue | undefined`. @default false */
  readonly optional?: boolean
}

/** What `queue()` returns; its handler is in `consumers`, by the same name. */
export interface QueueResource<
  Schema extends StandardSchemaV1 = StandardSchemaV1,
  Handle = unknown,
> extends Resource<Handle> {
  readonly kind: 'queue'
  readonly options: QueueOptions<Schema>
}

type QueueFor<Schema extends StandardSchemaV1, Options> =
  | Queue<StandardSchemaV1.InferInput<Schema>>
  | (Options extends { readonly optional: true } ? undefined : never)

/**
 * Declares a queue. Port-bound, `mails` is attached by `MAILS_URL=file:… | redis://… | rediss://…`,
 * in development also by `memory:`; injected, by the Workers Queue `MAILS`.
 *
 * @example
 * defineApp({
 *   resources: { mails: queue({ message: z.object({ to: z.email() }) }) },
 *   consumers: { mails: async ({ to }, { signal }) => welcome(to, signal) },
 *   setup: ({ resources: { mails } }) =>
 *     new Hono().post('/', async (c) => {
 *       await mails.send({ to: await c.req.text() })
 *       return c.body(null, 202)
 *     }),
 * })
 */
export function queue<
  Schema extends StandardSchemaV1,
  const Options extends Omit<QueueOptions<Schema>, 'message'>,
>(
  options: { readonly message: Schema } & Options,
): QueueResource<Schema, QueueFor<Schema, Options>> {
  type Handle = QueueFor<Schema, Options>
  return {
    kind: 'queue',
    options,
    optional: options.optional ?? false,
    lines: (app, binding) => queueLines(app, binding, options.maxRetries),
    attach: async (at) => {
      const terms = readTerms(options)
      if (typeof terms === 'string') return { refused: `${describeResource('queue', at)} ${terms}` }
      if (at.via === 'binding') return openQueueBinding<Handle>(at, options.message, terms)
      return openUrl<Handle>(async () => {
        const store = await at.openQueue(at)
        return {
          handle: createSender(options.message, store.send) as Handle,
          ...(store.check && { check: store.check }),
          ...(store.deadLetters && { deadLetters: store.deadLetters }),
          close: store.close,
          consume: (consumption) =>
            store.consume({
              ...consumption,
              concurrency: terms.concurrency,
              receive: (message) =>
                receive(options.message, terms, at.resource, message, consumption),
            }),
        }
      })
    },
  }
}
