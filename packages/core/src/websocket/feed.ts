import type { Topic, TopicEvent } from '../resources/topic-handle.ts'
import { followedTopic } from '../topics/topic-followers.ts'
import type { SessionParts } from './session.ts'

/** Where the events of a topic go. */
export interface FeedTarget {
  /** Is called with one event after the other. */
  readonly receive: (event: TopicEvent) => Promise<void>
  readonly fail: (error: unknown) => void
}

/** Where the socket is. */
export interface FeedPlace extends Pick<SessionParts, 'waitUntil'> {
  /** The Durable Object in which it is. */
  readonly objectId?: string
}

/** What a topic gives to one socket. */
export interface Feed {
  /** Resolves when nothing that is published from now on is missed. */
  readonly begin: () => Promise<void>
  readonly end: () => void
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
  { receive, fail }: FeedTarget,
  { objectId, waitUntil }: FeedPlace,
): Feed {
  const followed = followedTopic(topic)
  if (followed && objectId !== undefined) {
    return {
      begin: () => followed.follow(objectId, after),
      // It is forgotten at the next event otherwise.
      end: () => waitUntil(followed.leave(objectId).catch(() => {})),
    }
  }
  const left = new AbortController()
  return {
    async begin() {
      const { signal } = left
      const options = after === undefined ? { signal } : { signal, after }
      const subscription = await topic.subscribe(options)
      const feed = async () => {
        for await (const event of subscription) await receive(event)
      }
      feed().catch(fail)
    },
    end: () => left.abort(),
  }
}
