import type { V4WorkerOptions } from 'miniflare'

type Named<Options> = Readonly<Record<string, Options>>

/**
 * What the configuration of the Workers leaves out of their queues: of these a Worker cannot know,
 * and the simulator drops the messages without a word.
 */
export function checkQueues(workers: readonly V4WorkerOptions[]): readonly string[] {
  const consumers = new Map(workers.flatMap(consumersOf))
  const buried = new Set([...consumers.values()].map(({ deadLetterQueue }) => deadLetterQueue))
  const sentTo = workers.flatMap(producersOf)
  const unread = sentTo.filter(([, queue]) => !consumers.has(queue))
  const dropping = [...consumers].filter(
    ([queue, { deadLetterQueue }]) => deadLetterQueue === undefined && !buried.has(queue),
  )
  return [
    ...unread.map(
      ([binding, queue]) =>
        `Nobody handles what is sent to the queue "${queue}" (binding ${binding}). Add under "queues" in wrangler.jsonc: "consumers": [{ "queue": "${queue}", "dead_letter_queue": "${queue}-dead" }]`,
    ),
    ...dropping.map(
      ([queue]) =>
        `What fails at every attempt is dropped by the queue "${queue}". Add to its consumer in wrangler.jsonc: "dead_letter_queue": "${queue}-dead"`,
    ),
  ]
}

/** The bindings of a Worker's queues, and the names of these. */
export function producersOf({
  queueProducers = {},
}: V4WorkerOptions): readonly (readonly [binding: string, queue: string])[] {
  if (Array.isArray(queueProducers)) return queueProducers.map((name) => [name, name])
  return Object.entries(queueProducers as Named<string | { queueName: string }>).map(
    ([binding, to]) => [binding, typeof to === 'string' ? to : to.queueName],
  )
}

function consumersOf({
  queueConsumers = {},
}: V4WorkerOptions): readonly (readonly [string, { readonly deadLetterQueue?: string }])[] {
  if (Array.isArray(queueConsumers)) return queueConsumers.map((name) => [name, {}])
  return Object.entries(queueConsumers)
}
