import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import {
  createQueueStore,
  type Delivery,
  queueFailed,
  type QueueStore,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { storeNameOf } from '../kv/kv-names.ts'
import { connectRedis, type RedisConnection } from '../kv/kv-redis-connection.ts'
import {
  keepScript,
  leaveScript,
  promoteScript,
  replayScript,
  sendLaterScript,
  settleScript,
  takeOverScript,
} from './queue-redis-scripts.ts'

/** How long Redis holds the question for messages open; also how late one may be that was delayed. */
const blockMs = 250

/** The consumer group: each message goes to one of the processes in it. */
const group = 'consumers'

/** A message as it is stored. */
interface Envelope {
  readonly id: string
  readonly sentAtMs: number
  /** Attempts that failed. */
  readonly failures: number
  readonly body: unknown
}

/** A message in hand, and its entry in the stream. */
interface Taken extends Delivery {
  readonly entry: string
  readonly envelope: Envelope
}

/** An entry of a stream: its id, and its fields in turn. */
type StreamEntry = readonly [id: string, fields: readonly string[]]

/** An entry that was handed out: its id, the message, and how often it was. */
type Entry = readonly [id: string, message: string, times: number]

/**
 * Opens a queue as a stream of Redis, 6.2 or later, that a group of processes reads. A message stays
 * until its outcome is told; one whose process has not said for a while that it is still handling it
 * goes to another.
 *
 * @param leaseMs that while
 * @throws MOORING_E_QUEUE_UNREACHABLE where there is no such Redis, or it refuses
 */
export async function openRedisQueue(at: UrlAttachment, leaseMs: number): Promise<QueueStore> {
  const commands = await connectRedis(at, queueFailed)
  const name = `mooring:{${storeNameOf(at)}}:queue`
  const dead = `${name}:dead`
  const keys = [name, `${name}:later`, dead]
  const me = `${hostname()}:${process.pid}:${randomUUID()}`
  const run = <Reply>(script: string, ...args: string[]) =>
    commands.send<Reply>(['EVAL', script, String(keys.length), ...keys, ...args])
  /** The entries in hand. Redis may hand one out again, where it has not heard of this process. */
  const held = new Set<string>()
  let reading: RedisConnection | undefined
  let lookedAtMs = -Infinity
  let promotedAtMs = -Infinity

  /** Also where there is one already. */
  async function createGroup(): Promise<void> {
    await commands
      .send(['XGROUP', 'CREATE', name, group, '0', 'MKSTREAM'])
      .catch((error: unknown) => {
        if (!isReply(error, 'BUSYGROUP')) throw error
      })
  }
  try {
    await createGroup()
    // Redis before 6.2 cannot say which messages were left behind.
    await commands.send(['XPENDING', name, group, 'IDLE', '0', '-', '+', '1'])
  } catch (error) {
    await commands.close()
    throw error
  }

  function toTaken([entry, message, times]: Entry): Taken {
    const envelope = readEnvelope(entry, message)
    const { id, body } = envelope
    const sentAt = new Date(envelope.sentAtMs)
    return { id, body, sentAt, attempt: envelope.failures + times, entry, envelope }
  }

  /** Lets in what is due, no more often than anybody waits for it. */
  async function promote(): Promise<void> {
    if (performance.now() - promotedAtMs < blockMs) return
    await run(promoteScript)
    promotedAtMs = performance.now()
  }

  /** What processes left behind that are gone. */
  async function takeOver(count: number): Promise<readonly Entry[]> {
    if (performance.now() - lookedAtMs < leaseMs / 3) return []
    const stale = await run<Entry[]>(takeOverScript, group, me, `${leaseMs}`, `${count}`)
    // Where there are more they are not to wait.
    if (stale.length < count) lookedAtMs = performance.now()
    return stale
  }

  /** @param last the newest one to be read */
  async function readDead(last = '+') {
    const entries = await commands.send<StreamEntry[]>(['XRANGE', dead, '-', last, 'COUNT', '1000'])
    return entries.map(([entry, [, message = '', , reason = '']]) => {
      return { entry, envelope: readEnvelope(entry, message), reason }
    })
  }

  async function read(count: number): Promise<readonly Entry[]> {
    reading ??= await connectRedis(at, queueFailed)
    const ask = ['XREADGROUP', 'GROUP', group, me, 'COUNT', `${count}`, 'BLOCK', `${blockMs}`]
    type Reply = readonly [string, readonly StreamEntry[]][]
    const reply = await reading.send<Reply | null>([...ask, 'STREAMS', name, '>'])
    return (reply?.[0]?.[1] ?? []).map(([id, fields]) => [id, fields[1] ?? '', 1])
  }

  return createQueueStore<Taken>(
    {
      async send(text, delayMs) {
        const envelope = { id: randomUUID(), sentAtMs: Date.now(), failures: 0 }
        const message = JSON.stringify({ ...envelope, body: JSON.parse(text) })
        if (delayMs > 0) await run(sendLaterScript, message, String(delayMs))
        else await commands.send(['XADD', name, '*', 'message', message])
      },
      async take(count) {
        try {
          await promote()
          const stale = await takeOver(count)
          const fresh = stale.length > 0 ? [] : await read(count)
          const taken = [...stale, ...fresh].filter(([entry]) => !held.has(entry)).map(toTaken)
          for (const { entry } of taken) held.add(entry)
          return taken
        } catch (error) {
          // Its data was lost, or deleted: what is sent from now on is not to be.
          if (isReply(error, 'NOGROUP')) await createGroup()
          throw error
        }
      },
      async settle({ entry, envelope, attempt }, outcome) {
        const goesOn = outcome.type === 'release' ? envelope : { ...envelope, failures: attempt }
        const more =
          outcome.type === 'retry'
            ? String(outcome.afterMs)
            : outcome.type === 'dead'
              ? outcome.reason
              : ''
        await run(settleScript, group, entry, outcome.type, JSON.stringify(goesOn), more)
        held.delete(entry)
      },
      keep: {
        everyMs: leaseMs / 3,
        run: async (taken) => {
          await run(keepScript, group, me, ...taken.map(({ entry }) => entry))
        },
      },
      check: () => commands.send(['PING']),
      deadLetters: {
        async list() {
          return (await readDead()).map(({ entry, envelope, reason }) => ({
            id: envelope.id,
            sentAt: new Date(envelope.sentAtMs),
            diedAt: new Date(Number.parseInt(entry, 10)),
            attempts: envelope.failures,
            reason,
            message: envelope.body,
          }))
        },
        async replay() {
          let count = 0
          // No further than those that are there now: what dies meanwhile may die of the same.
          const [last] = await commands.send<StreamEntry[]>([
            'XREVRANGE',
            dead,
            '+',
            '-',
            'COUNT',
            '1',
          ])
          for (;;) {
            const letters = last ? await readDead(last[0]) : []
            if (letters.length === 0) return count
            for (const { entry, envelope } of letters) {
              const message = JSON.stringify({ ...envelope, failures: 0 })
              count += await run<number>(replayScript, entry, message)
            }
          }
        },
      },
      async close() {
        await run(leaveScript, group, me).catch(() => {})
        await Promise.all([commands.close(), reading?.close()])
      },
    },
    at.resource,
  )
}

/** What another program has put into the stream is a message, too: one that the schema refuses. */
function readEnvelope(entry: string, message: string): Envelope {
  try {
    const { id, sentAtMs, failures, body } = JSON.parse(message) as Partial<Envelope>
    if (typeof id === 'string' && Number.isInteger(sentAtMs) && Number.isInteger(failures)) {
      return { id, sentAtMs: sentAtMs!, failures: failures!, body }
    }
  } catch {
    // It is no JSON at all.
  }
  return { id: entry, sentAtMs: Number.parseInt(entry, 10), failures: 0, body: message }
}

/** Whether Redis refused a command in these words. */
function isReply(error: unknown, code: string): boolean {
  const { cause } = error as { readonly cause?: unknown }
  return cause instanceof Error && cause.message.includes(code)
}
