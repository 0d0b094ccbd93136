import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type Logger, textOf } from '../log.ts'
import { type QueueTerms, retryAfterMs } from './queue-limits.ts'
import { validate } from './queue-sender.ts'

/** A message as a queue hands it out. */
export interface Delivery {
  /** The same at every attempt. */
  readonly id: string
  /** 1 for the first one. */
  readonly attempt: number
  readonly sentAt: Date
  readonly body: unknown
}

/** What becomes of a message. */
export type Outcome =
  | { readonly type: 'done' }
  | { readonly type: 'retry'; readonly afterMs: number }
  | { readonly type: 'dead'; readonly reason: string }
  /** It was not handled to its end, and that is not its fault: at once, by whoever takes it. */
  | { readonly type: 'release' }

/** What handling a message needs of the app and its process. */
export interface Receiving {
  /** Runs the app's consumer. */
  readonly run: (name: string, message: unknown, delivery: Delivery) => Promise<void>
  readonly log: Logger
  /** Aborts when the process drains: who obeys it and rejects has not failed. */
  readonly signal: AbortSignal
}

/** Handles one message. Never rejects. */
export async function receive(
  schema: StandardSchemaV1,
  terms: QueueTerms,
  queue: string,
  delivery: Delivery,
  { run, log, signal }: Receiving,
): Promise<Outcome> {
  const { id, attempt, body } = delivery
  const facts = { messageId: id, attempt }
  if (attempt > terms.maxRetries + 1) {
    // Their processes died with it: one more would only end one more.
    const reason = 'it has had all its attempts, and none came to an end'
    log.error(`queue ${queue}: a message is a dead letter`, { ...facts, reason })
    return { type: 'dead', reason }
  }
  try {
    await run(queue, await validate(schema, body), delivery)
    return { type: 'done' }
  } catch (error) {
    if (signal.aborted) return { type: 'release' }
    if (attempt > terms.maxRetries) {
      log.error(`queue ${queue}: a message is a dead letter`, { ...facts, error })
      return { type: 'dead', reason: textOf(error) }
    }
    const afterMs = retryAfterMs(terms, attempt)
    log.warn(`queue ${queue}: a message failed, and is tried again`, { ...facts, afterMs, error })
    return { type: 'retry', afterMs }
  }
}
