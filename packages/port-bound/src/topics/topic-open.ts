import type { Topic } from '@mooring/core'
import {
  createMemoryTopic,
  type Opened,
  topicFailed,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { openRedisTopic } from './topic-redis.ts'

/**
 * Opens the topic that a URL names.
 *
 * @throws MOORING_E_TOPIC_UNREACHABLE where no driver has the URL's scheme, or it cannot be had
 */
export async function openTopic(at: UrlAttachment): Promise<Opened<Topic>> {
  switch (at.url.protocol) {
    case 'memory:':
      return { handle: createMemoryTopic() }
    case 'redis:':
    case 'rediss:':
      return openRedisTopic(at)
    default:
      throw topicFailed(at, `has no driver for ${at.url.protocol}`, {
        fix: `set ${at.variable} to one of memory:, redis://<host> or rediss://<host>.`,
      })
  }
}
