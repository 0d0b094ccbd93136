import { MooringError } from '../errors.ts'
import { describeResource, type ResourceNames } from '../resources/resource-names.ts'

/** What a queue declares, with the defaults. */
export interface QueueTerms {
  readonly maxRetries: number
  readonly retryDelayMs: number
  readonly concurrency: number
}

/** Workers Queues take 128,000 bytes, and some of them for themselves. */
const mostBytes = 127_000

/** The longest delay of Workers Queues. */
const longestDelayMs = 12 * 3_600_000

/** Longer pauses than this one would not be told from a message that is lost. */
const longestRetryMs = 3_600_000

/** @returns the terms, or why they cannot be */
export function readTerms(options: Partial<QueueTerms>): QueueTerms | string {
  const { maxRetries = 3, retryDelayMs = 1_000, concurrency = 10 } = options
  const wrong = (name: string, value: unknown, least: number, most: number) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `has ${name} ${String(value)}: expected a whole number from ${least} to ${most}.`
  return (
    wrong('maxRetries', maxRetries, 0, 100) ??
    wrong('retryDelayMs', retryDelayMs, 0, longestRetryMs) ??
    wrong('concurrency', concurrency, 1, 1000) ?? { maxRetries, retryDelayMs, concurrency }
  )
}

/** What a Worker's configuration has of a queue. */
export function queueLines(app: string, binding: string, maxRetries = 3): string {
  const name = `${app}-${binding.toLowerCase().replaceAll('_', '-')}`
  return `"queues": {
  "producers": [{ "binding": "${binding}", "queue": "${name}" }],
  "consumers": [{ "queue": "${name}", "max_retries": ${maxRetries}, "dead_letter_queue": "${name}-dead" }]
}`
}

/** Milliseconds after a failed attempt, the first of which is 1. */
export function retryAfterMs({ retryDelayMs }: QueueTerms, attempt: number): number {
  return Math.min(retryDelayMs * 2 ** (attempt - 1), longestRetryMs)
}

/** @throws MOORING_E_QUEUE_OPTION */
export function checkDelay(delayMs: number): number {
  if (Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= longestDelayMs) return delayMs
  throw new MooringError('MOORING_E_QUEUE_OPTION', {
    message: `delayMs is ${String(delayMs)}.`,
    why: `Expected whole milliseconds from 0 to ${longestDelayMs} (12 hours).`,
  })
}

/**
 * A message as the text that every queue can carry.
 *
 * @throws MOORING_E_QUEUE_MESSAGE
 */
export function messageText(message: unknown): string {
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(message)
  } catch (error) {
    cause = error
  }
  if (text === undefined) throw badMessage('A message is not JSON.', cause ?? typeof message)
  const bytes = new TextEncoder().encode(text).length
  if (bytes <= mostBytes) return text
  throw new MooringError('MOORING_E_QUEUE_MESSAGE', {
    message: `A message has ${bytes} bytes.`,
    why: `Expected JSON of at most ${mostBytes} bytes of UTF-8.`,
    fix: 'put what is larger into a store, and send its key.',
  })
}

export function badMessage(message: string, why: unknown): MooringError {
  return new MooringError('MOORING_E_QUEUE_MESSAGE', {
    message,
    why: why instanceof Error ? why.message : String(why),
    fix: 'send what the schema of the queue takes, as it comes out of JSON.',
  })
}

/** The queue itself failed. */
export function queueFailed(
  at: ResourceNames,
  what: string,
  details: { readonly why?: string; readonly fix?: string; readonly cause?: unknown },
): MooringError {
  return new MooringError('MOORING_E_QUEUE_UNREACHABLE', {
    message: `${describeResource('queue', at)} ${what}.`,
    ...details,
  })
}
