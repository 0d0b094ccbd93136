import type { createTopicFeed } from './topic-feed.ts'
import type { Topic, TopicEvent, TopicMessage } from '../resources/topic-handle.ts'

/** Where the events of a topic go that one socket gets. */
export interface FeedTarget {
  /** Is called with one event after the other. */
  readonly receive: (event: TopicEvent) => Promise<void>
  readonly fail: (error: unknown) => void
  /** Is given the message up to which there is nothing to receive. */
  readonly keep: (after: string) => void
}

/** What a topic gives to one socket. */
export interface Feed {
  /** Resolves when nothing that is published from now on is missed. */
  readonly begin: () => Promise<void>
  readonly end: () => void
  /** Takes what the object of the socket is told. */
  readonly take?: (messages: readonly TopicMessage[]) => void
}

/**
 * A topic whose events come to Durable Objects. A subscription would keep an object from
 * hibernating: it is one that the topic calls, once for all sockets that it has.
 */
export interface FollowedTopic {
  /**
   * From now on the object gets what is published, by its `fetch`, for as long as it has sockets.
   *
   * @param after where one of its sockets begins. @default now
   */
  readonly follow: (objectId: string, after: string | undefined) => Promise<Followed>
  /** What a feed is made of is in no bundle without a topic. */
  readonly createFeed: typeof createTopicFeed
}

/** What a socket begins with, as JSON. */
export interface Followed {
  /** The last message that there is: what comes after it the object is told. */
  readonly last: string
  /** What came after the one that it had. */
  readonly events: readonly TopicEvent[]
}

/** What an object is told, as JSON: messages that it may not have, in their order, without a gap. */
export interface ToldMessages {
  readonly messages: readonly TopicMessage[]
}

const followed = new WeakMap<Topic, FollowedTopic>()

export function setFollowed(topic: Topic, how: FollowedTopic): void {
  followed.set(topic, how)
}

/** `undefined` where its events come to subscriptions alone. */
export function followedTopic(topic: Topic): FollowedTopic | undefined {
  return followed.get(topic)
}

/** Which message of its topic's object an id names: they are counted from 1. */
export function placeOf(id: string): { readonly epoch: string; readonly number: number } {
  const [epoch = '', digits] = id.split('-', 2)
  return { epoch, number: Number(digits) }
}
