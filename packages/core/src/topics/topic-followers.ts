import type { Topic, TopicEvent } from '../resources/topic-handle.ts'

/**
 * A topic whose events come to Durable Objects. A subscription would keep an object from
 * hibernating: it is one that the topic calls.
 */
export interface FollowedTopic {
  /**
   * From now on the object gets what is published, by its `fetch`.
   *
   * @param after where it begins. @default now
   */
  readonly follow: (objectId: string, after: string | undefined) => Promise<void>
  readonly leave: (objectId: string) => Promise<void>
}

/** What an object is told, as JSON: the events that it does not have, in their order. */
export interface ToldEvents {
  readonly events: readonly TopicEvent[]
}

const followed = new WeakMap<Topic, FollowedTopic>()

export function setFollowed(topic: Topic, how: FollowedTopic): void {
  followed.set(topic, how)
}

/** `undefined` where its events come to subscriptions alone. */
export function followedTopic(topic: Topic): FollowedTopic | undefined {
  return followed.get(topic)
}
