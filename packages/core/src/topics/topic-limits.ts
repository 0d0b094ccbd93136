import { MooringError } from '../errors.ts'
import { describeResource, type ResourceNames } from '../resources/resource-names.ts'

/** Messages that a topic keeps for those who come back. */
export const keptMessages: number = 256

/** Far below what every driver can carry; what is larger belongs in a store. */
const mostBytes = 65_536

/** @throws MOORING_E_TOPIC_MESSAGE */
export function checkText(text: string): void {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text).length : undefined
  if (bytes !== undefined && bytes <= mostBytes && text.isWellFormed()) return
  throw new MooringError('MOORING_E_TOPIC_MESSAGE', {
    message:
      bytes === undefined
        ? `A message is ${typeof text}.`
        : bytes > mostBytes
          ? `A message has ${bytes} bytes.`
          : 'A message has half of a surrogate pair.',
    why: `Expected a text of at most ${mostBytes} bytes of UTF-8.`,
    fix: 'put what is larger into a store, and publish its key.',
  })
}

/** The topic itself failed. */
export function topicFailed(
  at: ResourceNames,
  what: string,
  details: { readonly why?: string; readonly fix?: string; readonly cause?: unknown },
): MooringError {
  return new MooringError('MOORING_E_TOPIC_UNREACHABLE', {
    message: `${describeResource('topic', at)} ${what}.`,
    ...details,
  })
}
