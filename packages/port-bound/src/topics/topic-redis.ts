import { setTimeout as sleep } from 'node:timers/promises'
import type { Topic, TopicMessage } from '@mooring/core'
import {
  checkText,
  createTopicFeed,
  keptMessages,
  type Opened,
  type TopicFeed,
  topicFailed,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { storeNameOf } from '../kv/kv-names.ts'
import { connectRedis, type RedisConnection } from '../kv/kv-redis-connection.ts'

/** How long Redis holds a question for news open; also what the end of the process may wait for it. */
const blockMs = 500

/** The id before the first one of a stream. */
const beginning = '0-0'

/** An entry of a stream: its id, and its fields in turn. */
type Entry = readonly [id: string, fields: readonly string[]]

/** A subscriber, and what it has already. */
interface Reader {
  readonly feed: TopicFeed
  /** `undefined` until what was before is known; what comes meanwhile waits. */
  last: string | undefined
  early: TopicMessage[]
}

/**
 * Opens a topic as a stream of Redis, 5 or later: each message is an entry, and the last ones are
 * kept. One connection asks for news while there are subscribers, from the last entry it had, so
 * that nothing is lost with it.
 *
 * @throws MOORING_E_TOPIC_UNREACHABLE where there is no such Redis, or it refuses
 */
export async function openRedisTopic(at: UrlAttachment): Promise<Opened<Topic>> {
  const commands = await connectRedis(at, topicFailed)
  const stream = `mooring:{${storeNameOf(at)}}:topic`
  const readers = new Set<Reader>()
  let news: RedisConnection | undefined
  let following: Promise<void> | undefined
  let isClosed = false

  try {
    // The connection may stand and its user still have no right to this.
    await commands.send(['XLEN', stream])
  } catch (error) {
    await commands.close()
    throw error
  }

  /** Asks for news until nobody is there any more. */
  async function follow(from: string): Promise<void> {
    let last = from
    let isSame = true
    while (readers.size > 0 && !isClosed) {
      try {
        news ??= await connectRedis(at, topicFailed)
        if (!isSame) last = await findPlace(news, last)
        isSame = true
        const ask = ['XREAD', 'BLOCK', String(blockMs), 'STREAMS', stream, last]
        const [[, entries] = []] = (await news.send<[string, Entry[]][] | null>(ask)) ?? []
        // The one before them is gone: others may have gone with it.
        if (entries && entries.length >= keptMessages) tellMissed(last)
        for (const entry of entries ?? []) {
          last = entry[0]
          for (const reader of readers) give(reader, messageOf(entry))
        }
      } catch {
        // Redis is away. Who publishes is told, and so is a probe; here it goes on when it is back.
        isSame = false
        await sleep(blockMs)
      }
    }
    following = undefined
    const [next] = readers
    if (next?.last !== undefined && !isClosed) following = follow(next.last)
  }

  /**
   * Where to go on. What is back may have less than what was there (a replica that was behind, one
   * that keeps nothing), and a clock that is behind: its next ids may be below those that were had.
   */
  async function findPlace(redis: RedisConnection, last: string): Promise<string> {
    const before = [...readers].filter((reader) => reader.last !== undefined)
    const [entry] = await redis.send<Entry[]>(['XRANGE', stream, last, last])
    if (entry || last === beginning) return last
    const newest = await newestOf(redis, stream)
    for (const reader of before) {
      reader.feed.push({ type: 'missed' })
      reader.last = newest
    }
    return newest
  }

  function tellMissed(last: string): void {
    for (const { feed, last: has } of readers) {
      if (has !== undefined && !isAfter(has, last)) feed.push({ type: 'missed' })
    }
  }

  return {
    handle: {
      async publish(text) {
        checkText(text)
        return commands.send(['XADD', stream, 'MAXLEN', String(keptMessages), '*', 'text', text])
      },
      async subscribe({ after, signal } = {}) {
        const feed = createTopicFeed(signal, () => readers.delete(reader))
        const reader: Reader = { feed, last: undefined, early: [] }
        if (!feed.isOver()) readers.add(reader)
        try {
          const begin = await catchUp(commands, stream, after, feed)
          reader.last = begin.last
          for (const message of reader.early) give(reader, message)
          reader.early = []
          if (readers.size > 0) following ??= follow(begin.last)
          return feed.subscription(after ?? begin.last)
        } catch (error) {
          feed.end()
          throw error
        }
      },
    },
    check: () => commands.send(['PING']),
    async close() {
      isClosed = true
      for (const { feed } of readers) feed.end()
      await Promise.all([commands.close(), following?.then(() => news?.close()) ?? news?.close()])
    },
  }
}

/** Hands on what a subscriber does not have. */
function give(reader: Reader, message: TopicMessage): void {
  if (reader.last === undefined) reader.early.push(message)
  else if (isAfter(message.id, reader.last)) {
    reader.last = message.id
    reader.feed.push(message)
  }
}

/** The id of the last message there is. */
async function newestOf(redis: RedisConnection, stream: string): Promise<string> {
  const [entry] = await redis.send<Entry[]>(['XREVRANGE', stream, '+', '-', 'COUNT', '1'])
  return entry?.[0] ?? beginning
}

/** Hands on what came after an id. @returns the last id there is */
async function catchUp(
  commands: RedisConnection,
  stream: string,
  after: string | undefined,
  feed: TopicFeed,
): Promise<{ readonly last: string }> {
  if (after === undefined) return { last: await newestOf(commands, stream) }
  const isId = /^\d{1,15}-\d{1,15}$/.test(after)
  const entries = isId ? await commands.send<Entry[]>(['XRANGE', stream, after, '+']) : []
  const isFirst = after === beginning && entries.length < keptMessages
  if (!isFirst && entries[0]?.[0] !== after) {
    feed.push({ type: 'missed' })
    return { last: await newestOf(commands, stream) }
  }
  const fresh = isFirst ? entries : entries.slice(1)
  for (const entry of fresh) feed.push(messageOf(entry))
  return { last: fresh.at(-1)?.[0] ?? after }
}

function messageOf([id, fields]: Entry): TopicMessage {
  return { type: 'message', id, text: fields[1] ?? '' }
}

/** Whether an id comes after another: both are two numbers. */
function isAfter(id: string, other: string): boolean {
  const [ms = 0, count = 0] = id.split('-').map(Number)
  const [otherMs = 0, otherCount = 0] = other.split('-').map(Number)
  return ms > otherMs || (ms === otherMs && count > otherCount)
}
