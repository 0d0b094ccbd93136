import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { MessageContext } from '../app.ts'
import { queue, type QueueResource } from '../resources/queue.ts'
import type { Queue } from '../resources/queue-handle.ts'
import { refused, same } from './kv-assert.ts'

/** What the cases send. */
export interface CaseMessage {
  /** By it a case finds what became of its messages. */
  readonly key: string
  /** How many attempts fail. @default 0 */
  readonly failures?: number
  readonly value?: unknown
}

/** One behaviour that every driver of a queue must show: plain code, for any runtime. */
export interface QueueCase {
  readonly name: string
  /** Rejects with what differs. The queue is `caseQueue()`, and `consumeCase` handles its messages. */
  readonly run: (queue: Queue<CaseMessage>) => Promise<void>
}

/** An attempt, as the consumer saw it. */
interface Attempt {
  readonly id: string
  readonly attempt: number
  readonly sentAtMs: number
  readonly atMs: number
  readonly value: unknown
}

const attempts = new Map<string, Attempt[]>()

const schema: StandardSchemaV1<CaseMessage, CaseMessage & { readonly isChecked: true }> = {
  '~standard': {
    version: 1,
    vendor: 'mooring',
    validate: async (value) => {
      const isRight = typeof (value as Partial<CaseMessage> | null)?.key === 'string'
      if (!isRight) return { issues: [{ message: 'expected a text', path: ['key'] }] }
      return { value: { ...(value as CaseMessage), isChecked: true } }
    },
  },
}

/** The queue that the cases are about: one retry, after a second. */
export function caseQueue(): QueueResource<typeof schema, Queue<CaseMessage>> {
  return queue({ message: schema, maxRetries: 1 })
}

/** Its consumer. */
export async function consumeCase(
  { key, failures = 0, value, isChecked }: CaseMessage & { readonly isChecked: true },
  { id, attempt, sentAt }: Pick<MessageContext<never, never>, 'id' | 'attempt' | 'sentAt'>,
): Promise<void> {
  const its = attempts.get(key) ?? []
  attempts.set(key, its)
  const sentAtMs = sentAt.getTime()
  its.push({ id, attempt, sentAtMs, atMs: Date.now(), value: isChecked && value })
  if (attempt <= failures) throw new Error('on purpose')
}

/** Generous: queues deliver in batches, and on busy machines. */
const waitMs = 60_000

/** Waits until a key has had so many attempts. */
async function seen(key: string, count: number): Promise<readonly Attempt[]> {
  const untilMs = Date.now() + waitMs
  for (;;) {
    const found = attempts.get(key) ?? []
    if (found.length >= count) return [...found]
    if (Date.now() > untilMs) throw new Error(`${key}: ${found.length} attempts, not ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const newKey = () => crypto.randomUUID()

/** What every driver does. */
export const queueCases: readonly QueueCase[] = [
  {
    name: 'hands each message to the consumer, once where it does not fail',
    run: async (work) => {
      const keys = Array.from({ length: 25 }, newKey)
      const fromMs = Date.now()
      await Promise.all(keys.map((key) => work.send({ key })))
      const all = await Promise.all(keys.map(async (key) => (await seen(key, 1))[0]!))
      same(new Set(all.map(({ id }) => id)).size, keys.length, 'the number of ids')
      for (const { attempt, sentAtMs } of all) {
        same(attempt, 1, 'the attempt')
        // The clock may be another machine's.
        same(Math.abs(sentAtMs - fromMs) < 60_000, true, 'whether it says when it was sent')
      }
      const last = newKey()
      await work.send({ key: last })
      await seen(last, 1)
      same(keys.filter((key) => attempts.get(key)!.length > 1).length, 0, 'those that came twice')
    },
  },
  {
    name: 'carries any JSON',
    run: async (work) => {
      const values = [
        '',
        '日本語 😀 \u0000 "\\',
        0,
        -1.5,
        false,
        null,
        [],
        [[{}]],
        'x'.repeat(120_000),
      ]
      for (const value of values) {
        const key = newKey()
        await work.send({ key, value })
        same((await seen(key, 1))[0]!.value, value, 'the value')
      }
    },
  },
  {
    name: 'tries again what fails, under the same id and not at once',
    run: async (work) => {
      const [failing, other] = [newKey(), newKey()]
      await work.send({ key: failing, failures: 1 })
      await seen(failing, 1)
      await work.send({ key: other })
      await seen(other, 1)
      const [first, second] = await seen(failing, 2)
      same([first!.attempt, second!.attempt], [1, 2], 'the attempts')
      same(second!.id, first!.id, 'the id')
      // Timers and the clock may differ a little.
      same(second!.atMs - first!.atMs >= 990, true, 'whether the pause is a second')
    },
  },
  {
    name: 'gives up after the last retry',
    run: async (work) => {
      const [dead, other] = [newKey(), newKey()]
      await work.send({ key: dead, failures: 99 })
      await seen(dead, 2)
      // Another retry would come after two seconds.
      await work.send({ key: other }, { delayMs: 3_000 })
      await seen(other, 1)
      same(attempts.get(dead)!.length, 2, 'the attempts')
    },
  },
  {
    name: 'keeps a message back for as long as it is told',
    run: async (work) => {
      const key = newKey()
      const fromMs = Date.now()
      await work.send({ key }, { delayMs: 2_000 })
      const [attempt] = await seen(key, 1)
      same(attempt!.atMs - fromMs >= 1_990, true, 'whether it took two seconds')
    },
  },
  {
    name: 'refuses what the schema does not take, is no JSON, or is too large',
    run: async (work) => {
      const circular: { key: string; value?: unknown } = { key: 'a' }
      circular.value = circular
      const wrong: readonly unknown[] = [
        undefined,
        'text',
        { key: 1 },
        { key: new Map() },
        circular,
        { key: 'a', value: 1n },
        { key: 'x'.repeat(127_001) },
      ]
      for (const message of wrong) {
        const send = async () => work.send(message as CaseMessage)
        await refused('MOORING_E_QUEUE_MESSAGE', send, `a ${typeof message}`)
      }
    },
  },
  {
    name: 'refuses a delay that no queue has',
    run: async (work) => {
      for (const delayMs of [-1, 0.5, Number.NaN, 12 * 3_600_000 + 1]) {
        const send = async () => work.send({ key: 'a' }, { delayMs })
        await refused('MOORING_E_QUEUE_OPTION', send, `a delay of ${delayMs}`)
      }
    },
  },
]
