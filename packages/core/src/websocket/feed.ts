import type { Topic, TopicEvent, TopicMessage } from '../resources/topic-handle.ts'
import {
  type Feed,
  type FeedTarget,
  type FollowedTopic,
  followedTopic,
  placeOf,
} from '../topics/topic-followers.ts'

/** Where the socket is. */
export interface FeedPlace {
  /** The Durable Object in which it is. */
  readonly objectId?: string
  /** Whether it was opened before, so that `onOpen` has been called. */
  readonly isOpen?: boolean
}

/**
 * Feeds one socket from a topic: by a subscription, or where the socket is in a Durable Object, which
 * that would keep awake, by calls of the topic's own object.
 *
 * @param after where it begins; `undefined` is now
 */
export function feedFrom(
  topic: Topic,
  after: string | undefined,
  target: FeedTarget,
  { objectId, isOpen = false }: FeedPlace,
): Feed {
  const followed = followedTopic(topic)
  if (followed && objectId !== undefined) {
    return feedByCalls(followed, { objectId, after, isOpen }, target)
  }
  const left = new AbortController()
  return {
    async begin() {
      const { signal } = left
      const options = after === undefined ? { signal } : { signal, after }
      const subscription = await topic.subscribe(options)
      const receiveAll = async () => {
        for await (const event of subscription) await target.receive(event)
      }
      receiveAll().catch(target.fail)
    },
    end: () => left.abort(),
  }
}

/** Feeds one socket by what its object is told. */
function feedByCalls(
  { follow, createFeed }: FollowedTopic,
  { objectId, after, isOpen }: { objectId: string; after: string | undefined; isOpen: boolean },
  { receive, fail, keep }: FeedTarget,
): Feed {
  const { push, subscription, end } = createFeed(undefined, () => {})
  /** What comes before it is known where the socket begins. */
  const early: TopicMessage[] = []
  let take = (messages: readonly TopicMessage[]): void => void early.push(...messages)
  if (isOpen) take = createPlace(after ?? '', push)
  const receiveAll = async () => {
    for await (const event of subscription('')) await receive(event)
  }
  receiveAll().catch(fail)
  return {
    async begin() {
      const begun = await follow(objectId, after)
      for (const event of begun.events) push(event)
      // Else each message is kept when it has been received.
      if (!begun.events.some(({ type }) => type === 'message')) keep(begun.last)
      take = createPlace(begun.last, push)
      take(early)
    },
    end,
    take: (messages) => take(messages),
  }
}

/**
 * Hands one socket of an object what it does not have of what the object is told. An object has many,
 * and each of them began at another place.
 *
 * @param last the message up to which the socket has all
 */
function createPlace(
  last: string,
  push: (event: TopicEvent) => void,
): (messages: readonly TopicMessage[]) => void {
  let { epoch, number } = placeOf(last)
  return (messages) => {
    for (const message of messages) {
      const place = placeOf(message.id)
      if (place.epoch === epoch && place.number <= number) continue
      if (place.epoch !== epoch || place.number > number + 1) push({ type: 'missed' })
      push(message)
      ;({ epoch, number } = place)
    }
  }
}
