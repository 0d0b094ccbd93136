import type { Subscription, TopicEvent } from '../resources/topic-handle.ts'
import { keptMessages } from './topic-limits.ts'

/** All that is kept may wait, and as much that comes meanwhile. */
const mostWaiting = 2 * keptMessages

/** A subscription, and how its driver fills it. */
export interface TopicFeed {
  /** @param after where it begins */
  readonly subscription: (after: string) => Subscription
  readonly push: (event: TopicEvent) => void
  /** The events that wait are still read. */
  readonly fail: (error: Error) => void
  readonly end: () => void
  readonly isOver: () => boolean
}

/**
 * Events on their way to one subscriber. One that reads too slowly loses what waits, and is told.
 *
 * @param onEnd is called once, when nothing more is wanted; not where that is so from the start
 */
export function createTopicFeed(signal: AbortSignal | undefined, onEnd: () => void): TopicFeed {
  let waiting: TopicEvent[] = []
  let reader: PromiseWithResolvers<void> | undefined
  let failure: Error | undefined
  let isOver = signal?.aborted ?? false

  function wake(): void {
    reader?.resolve()
    reader = undefined
  }
  function stop(): void {
    if (isOver) return
    isOver = true
    signal?.removeEventListener('abort', end)
    onEnd()
    wake()
  }
  function end(): void {
    waiting = []
    failure = undefined
    stop()
  }

  async function next(): Promise<IteratorResult<TopicEvent, undefined>> {
    for (;;) {
      const value = waiting.shift()
      if (value) return { done: false, value }
      if (failure) {
        const error = failure
        failure = undefined
        throw error
      }
      if (isOver) return { done: true, value: undefined }
      reader ??= Promise.withResolvers()
      await reader.promise
    }
  }

  if (!isOver) signal?.addEventListener('abort', end)

  return {
    subscription(after) {
      const subscription: Subscription = {
        after,
        [Symbol.asyncIterator]: () => subscription,
        next,
        async return() {
          end()
          return { done: true, value: undefined }
        },
      }
      return subscription
    },
    push(event) {
      if (isOver) return
      if (waiting.length >= mostWaiting) waiting = [{ type: 'missed' }]
      waiting.push(event)
      wake()
    },
    fail(error) {
      if (isOver) return
      failure = error
      stop()
    },
    end,
    isOver: () => isOver,
  }
}
