import type { Subscription, Topic, TopicEvent } from '../resources/topic-handle.ts'
import { refused, same } from './kv-assert.ts'

/** One behaviour that every driver of a topic must show: plain code, for any runtime. */
export interface TopicCase {
  readonly name: string
  /** Rejects with what differs. Cases run one after the other; others may have published before. */
  readonly run: (topic: Topic) => Promise<void>
}

/** Reads so many events; a message is its text, a gap is `(missed)`. */
async function read(subscription: Subscription, count: number): Promise<string[]> {
  const seen: string[] = []
  while (seen.length < count) {
    const { done, value } = await subscription.next()
    if (done) throw new Error(`it ended after ${JSON.stringify(seen)}`)
    seen.push(textOf(value))
  }
  return seen
}

const textOf = (event: TopicEvent) => (event.type === 'missed' ? '(missed)' : event.text)

async function publishAll(topic: Topic, texts: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) ids.push(await topic.publish(text))
  return ids
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index))

/** What every driver does. */
export const topicCases: readonly TopicCase[] = [
  {
    name: 'gives each subscriber what is published once it listens, in order',
    run: async (topic) => {
      await topic.publish('before')
      const subscriptions = await Promise.all([topic.subscribe(), topic.subscribe()])
      const ids = await publishAll(topic, ['a', 'b', 'c'])
      for (const subscription of subscriptions) {
        same(await read(subscription, 3), ['a', 'b', 'c'], 'what it read')
        await subscription.return?.()
      }
      same(new Set(ids).size, 3, 'the number of ids')
    },
  },
  {
    name: 'gives the id that publishing gave',
    run: async (topic) => {
      const subscription = await topic.subscribe()
      const id = await topic.publish('text')
      same((await subscription.next()).value, { type: 'message', id, text: 'text' }, 'the event')
      await subscription.return?.()
    },
  },
  {
    name: 'goes on after an id, without a loss and without a repetition',
    run: async (topic) => {
      const [, second] = await publishAll(topic, ['1', '2', '3', '4'])
      const subscription = await topic.subscribe({ after: second! })
      same(subscription.after, second, 'where it begins')
      await publishAll(topic, ['5', '6'])
      same(await read(subscription, 4), ['3', '4', '5', '6'], 'what it read')
      await subscription.return?.()
    },
  },
  {
    name: 'goes on after the last id with nothing but what is new',
    run: async (topic) => {
      const after = await topic.publish('last')
      const subscription = await topic.subscribe({ after })
      await topic.publish('new')
      same(await read(subscription, 1), ['new'], 'what it read')
      await subscription.return?.()
    },
  },
  {
    name: 'goes on from where a subscription began that had no message',
    run: async (topic) => {
      const first = await topic.subscribe()
      await first.return?.()
      await topic.publish('meanwhile')
      const second = await topic.subscribe({ after: first.after })
      same(await read(second, 1), ['meanwhile'], 'what it read')
      await second.return?.()
    },
  },
  {
    name: 'loses and repeats nothing while others publish',
    run: async (topic) => {
      const after = await topic.publish('0')
      const publishing = publishAll(topic, numbered(100))
      const subscription = await topic.subscribe({ after })
      same(await read(subscription, 100), numbered(100), 'what it read')
      await publishing
      await subscription.return?.()
    },
  },
  {
    name: 'says what is missed after an id that is kept no more, and goes on',
    run: async (topic) => {
      const after = await topic.publish('first')
      await publishAll(topic, numbered(300))
      const subscription = await topic.subscribe({ after })
      await topic.publish('new')
      same(await read(subscription, 2), ['(missed)', 'new'], 'what it read')
      await subscription.return?.()
    },
  },
  {
    name: 'keeps the last 256 messages',
    run: async (topic) => {
      const after = await topic.publish('first')
      await publishAll(topic, numbered(255))
      const subscription = await topic.subscribe({ after })
      same(await read(subscription, 255), numbered(255), 'what it read')
      await subscription.return?.()
    },
  },
  {
    name: 'says that it missed something after an id that is none of its own',
    run: async (topic) => {
      for (const after of ['', 'x', '1-1', '../..', '9'.repeat(400), 'é\r\n']) {
        const subscription = await topic.subscribe({ after })
        await topic.publish('new')
        same(await read(subscription, 2), ['(missed)', 'new'], `after ${JSON.stringify(after)}`)
        await subscription.return?.()
      }
    },
  },
  {
    name: 'tells a subscriber that reads too slowly, and goes on',
    run: async (topic) => {
      const subscription = await topic.subscribe()
      await publishAll(topic, numbered(700))
      const seen: string[] = []
      for await (const event of subscription) {
        seen.push(textOf(event))
        if (seen.at(-1) === '699') break
      }
      same(seen.filter((text) => text === '(missed)').length <= 1, true, 'one gap at the most')
      // Whoever has read along meanwhile has them all.
      const expected = seen[0] === '(missed)' ? numbered(700).slice(1 - seen.length) : numbered(700)
      same(
        seen.filter((text) => text !== '(missed)'),
        expected,
        'what it read',
      )
    },
  },
  {
    name: 'carries any text',
    run: async (topic) => {
      const texts = [
        '',
        ' \r\n\t',
        '日本語 😀 é e\u0301',
        '\u0000',
        '{"a":"\\n"}',
        'x'.repeat(65_536),
      ]
      const subscription = await topic.subscribe()
      await publishAll(topic, texts)
      same(await read(subscription, texts.length), texts, 'what it read')
      await subscription.return?.()
    },
  },
  {
    name: 'refuses what is no text, or more than 64 KiB of it',
    run: async (topic) => {
      const wrong: readonly unknown[] = [
        'x'.repeat(65_537),
        'é'.repeat(32_769),
        '\uD800',
        1,
        undefined,
      ]
      for (const text of wrong) {
        const publish = async () => topic.publish(text as string)
        await refused('MOORING_E_TOPIC_MESSAGE', publish, `a ${typeof text}`)
      }
    },
  },
  {
    name: 'ends a subscription by its signal, also while it waits',
    run: async (topic) => {
      const leaving = new AbortController()
      const subscription = await topic.subscribe({ signal: leaving.signal })
      const next = subscription.next()
      leaving.abort()
      same((await next).done, true, 'the one that waits')
      same((await subscription.next()).done, true, 'the next one')
      const late = await topic.subscribe({ signal: leaving.signal })
      same((await late.next()).done, true, 'a signal that was aborted before')
      await topic.publish('to nobody')
    },
  },
  {
    name: 'ends with the loop that is left',
    run: async (topic) => {
      const subscription = await topic.subscribe()
      await publishAll(topic, ['a', 'b'])
      for await (const event of subscription) {
        same(textOf(event), 'a', 'the first')
        break
      }
      same((await subscription.next()).done, true, 'after the loop')
    },
  },
]
