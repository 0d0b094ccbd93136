import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AttachedResource, BindingAttachment, Opened } from '../resources/resource.ts'
import { bindingFix, describeResource } from '../resources/resource-names.ts'
import type { MessageBatch } from './message-batch.ts'
import { queueFailed, queueLines, type QueueTerms } from './queue-limits.ts'
import { createSender } from './queue-sender.ts'
import { receive, type Receiving } from './receive.ts'

/** The part of a Workers Queue that is used, declared by its shape. */
interface Producer {
  send(body: unknown, options: { contentType: 'json'; delaySeconds?: number }): Promise<unknown>
  sendBatch: unknown
}

/**
 * A message with the name of its queue in the declaration. What a batch is from has the name of the
 * queue in the account, which may be any, and another in each environment.
 */
interface Envelope {
  readonly queue: string
  readonly message: unknown
}

/** A queue over the binding of a Workers Queue. */
export function openQueueBinding<Handle>(
  at: BindingAttachment,
  schema: StandardSchemaV1,
  terms: QueueTerms,
): Opened<Handle> | { refused: string } {
  const producer = at.value as Producer
  if (typeof producer?.sendBatch !== 'function') {
    const needs = `${describeResource('queue', at)} needs a queue.`
    const lines = queueLines(at.app, at.binding, terms.maxRetries)
    return { refused: `${needs}\n${bindingFix('queue', at.binding)}\n${lines}` }
  }
  const send = async (text: string, delayMs: number) => {
    const body: Envelope = { queue: at.resource, message: JSON.parse(text) }
    const delay = delayMs > 0 && { delaySeconds: Math.ceil(delayMs / 1000) }
    await producer.send(body, { contentType: 'json', ...delay }).catch((cause: unknown) => {
      throw queueFailed(at, 'did not take a message', { why: String(cause), cause })
    })
  }
  return {
    handle: createSender(schema, send) as Handle,
    receiver: {
      concurrency: terms.concurrency,
      receive: (delivery, receiving) => receive(schema, terms, at.resource, delivery, receiving),
      run: runBatch,
    },
  }
}

/** Each message is acknowledged or tried again by itself, whatever becomes of the others. */
async function runBatch(
  { queue, messages }: MessageBatch,
  queues: readonly AttachedResource[],
  receiving: Receiving,
): Promise<void> {
  const waiting = [...messages]
  async function runNext(): Promise<void> {
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      const { id, timestamp, attempts } = message
      const envelope = message.body as Partial<Envelope> | null
      const receiver = queues.find(({ name }) => name === envelope?.queue)?.receiver
      if (receiver) {
        const body = envelope?.message
        const delivery = { id, attempt: attempts, sentAt: new Date(timestamp), body }
        const outcome = await receiver.receive(delivery, receiving)
        if (outcome.type === 'done') message.ack()
        else if (outcome.type !== 'retry') message.retry()
        else message.retry({ delaySeconds: Math.ceil(outcome.afterMs / 1000) })
      } else {
        const facts = { queue, messageId: id, attempt: attempts }
        receiving.log.error('a message is of no queue that the app declares', facts)
        message.retry()
      }
    }
  }
  const most = Math.min(...queues.map(({ receiver }) => receiver?.concurrency ?? Infinity))
  await Promise.all(messages.slice(0, most).map(runNext))
}
