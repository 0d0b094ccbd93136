import type { QueueStore } from './queue-store.ts'
import { createQueueStore } from './consume.ts'
import type { Delivery } from './receive.ts'

interface Waiting {
  readonly delivery: Delivery
  readonly dueMs: number
}

/** A queue of one process, gone with it. */
export interface MemoryQueue extends QueueStore {
  /** How many messages wait that are due. */
  readonly waiting: () => number
}

export function createMemoryQueue(name: string): MemoryQueue {
  const waiting = new Set<Waiting>()
  let woken = Promise.withResolvers<void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function wake(): void {
    clearTimeout(timer)
    woken.resolve()
    woken = Promise.withResolvers()
  }
  function add(delivery: Delivery, delayMs: number): void {
    waiting.add({ delivery, dueMs: Date.now() + delayMs })
    wake()
  }
  const due = () => [...waiting].filter(({ dueMs }) => dueMs <= Date.now())

  const store = createQueueStore<Delivery>(
    {
      async send(text, delayMs) {
        const body: unknown = JSON.parse(text)
        add({ id: crypto.randomUUID(), attempt: 1, sentAt: new Date(), body }, delayMs)
      },
      async take(count) {
        if (due().length === 0) {
          const nextMs = Math.min(...[...waiting].map(({ dueMs }) => dueMs))
          // The clock of timers and the one of dates may differ by a millisecond.
          if (nextMs < Infinity) timer = setTimeout(wake, Math.max(nextMs - Date.now(), 1))
          await woken.promise
        }
        const taken = due().slice(0, count)
        for (const message of taken) waiting.delete(message)
        return taken.map(({ delivery }) => delivery)
      },
      async settle(message, outcome) {
        if (outcome.type === 'release') add(message, 0)
        if (outcome.type !== 'retry') return
        add({ ...message, attempt: message.attempt + 1 }, outcome.afterMs)
      },
      wake,
      lost: () => waiting.size,
      close: async () => {},
    },
    name,
  )
  return { ...store, waiting: () => due().length }
}
