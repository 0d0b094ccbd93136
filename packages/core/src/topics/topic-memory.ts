import type { Topic, TopicMessage } from '../resources/topic-handle.ts'
import { createTopicFeed, type TopicFeed } from './topic-feed.ts'
import { checkText, keptMessages } from './topic-limits.ts'

/** A topic of one process, gone with it. */
export function createMemoryTopic(): Topic {
  // An id of the process before is none of this one.
  const epoch = crypto.randomUUID().slice(0, 8)
  const idOf = (count: number) => `${epoch}-${count}`
  const feeds = new Set<TopicFeed>()
  const kept: TopicMessage[] = []
  let count = 0

  /** What came after an id; `undefined` where that is not known. */
  function since(id: string): readonly TopicMessage[] | undefined {
    const [of, digits] = id.split('-', 2)
    const behind = count - Number(digits)
    const isKnown = of === epoch && id === idOf(count - behind) && behind >= 0
    return isKnown && behind <= kept.length ? kept.slice(kept.length - behind) : undefined
  }

  return {
    async publish(text) {
      checkText(text)
      count += 1
      const message = { type: 'message', id: idOf(count), text } as const
      kept.push(message)
      if (kept.length > keptMessages) kept.shift()
      for (const feed of feeds) feed.push(message)
      return message.id
    },
    async subscribe({ after, signal } = {}) {
      const begin = after ?? idOf(count)
      const feed: TopicFeed = createTopicFeed(signal, () => feeds.delete(feed))
      const before = after === undefined ? [] : since(after)
      if (before) for (const message of before) feed.push(message)
      else feed.push({ type: 'missed' })
      if (!feed.isOver()) feeds.add(feed)
      return feed.subscription(begin)
    },
  }
}
