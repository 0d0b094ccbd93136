import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Queue } from '../resources/queue-handle.ts'
import { badMessage, checkDelay, messageText } from './queue-limits.ts'

/** A handle that checks what it sends. */
export function createSender(
  schema: StandardSchemaV1,
  send: (text: string, delayMs: number) => Promise<void>,
): Queue<unknown> {
  return {
    async send(message, { delayMs = 0 } = {}) {
      const text = messageText(message)
      checkDelay(delayMs)
      // As it comes out of JSON, which is what will be handled: a Date is a text by then.
      await validate(schema, JSON.parse(text))
      await send(text, delayMs)
    },
  }
}

/** @throws MOORING_E_QUEUE_MESSAGE */
export async function validate(schema: StandardSchemaV1, body: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(body)
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(({ message, path = [] }) => {
    const at = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
    return at ? `${at}: ${message}` : message
  })
  throw badMessage('A message is not what the queue takes.', issues.join('\n'))
}
