import { objectLines } from '../object-lines.ts'
import { openTopicObject } from '../topics/topic-object.ts'
import { openUrl } from './open-url.ts'
import type { Resource } from './resource.ts'
import type { Topic } from './topic-handle.ts'

export interface TopicOptions {
  /** Whether the app runs without it. @default false */
  readonly optional?: boolean
}

type TopicFor<Options extends TopicOptions> =
  | Topic
  | (Options['optional'] extends true ? undefined : never)

/**
 * Declares a topic. Port-bound, `feed` is attached by `FEED_URL=memory: | redis://… | rediss://…`;
 * injected, by the Durable Object namespace `FEED`, of the class `TopicObject`.
 *
 * @example
 * defineApp({
 *   resources: { feed: topic() },
 *   setup: ({ resources: { feed } }) =>
 *     new Hono().post('/', async (c) => c.json(await feed.publish(await c.req.text()))),
 * })
 */
export function topic<const Options extends TopicOptions = {}>(
  options?: Options,
): Resource<TopicFor<Options>> {
  return {
    kind: 'topic',
    optional: options?.optional ?? false,
    lines: (_app, binding) => objectLines(binding, 'TopicObject'),
    attach: async (at) =>
      at.via === 'url' ? openUrl<TopicFor<Options>>(() => at.openTopic(at)) : openTopicObject(at),
  }
}
