/** Work of which only the latest order counts. */
export interface Latest<Order> {
  /** Orders the work; what was ordered before is told to give up, and merged into this. */
  readonly order: (order: Order) => void
  /** Tells what is being done to give up, and resolves when it has. */
  readonly end: () => Promise<void>
}

/**
 * Runs one piece of work at a time. The orders that came during a run are merged into the next.
 *
 * @param work is told by its signal that a newer order came
 * @param onError takes what the work throws; the next order is worked on all the same
 */
export function createLatest<Order>(
  work: (order: Order, signal: AbortSignal) => Promise<void>,
  merge: (earlier: Order, later: Order) => Order,
  onError: (error: unknown) => void,
): Latest<Order> {
  let waiting: { readonly order: Order } | undefined
  let current: { readonly order: Order; readonly superseded: AbortController } | undefined
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    while (waiting) {
      current = { order: waiting.order, superseded: new AbortController() }
      waiting = undefined
      await work(current.order, current.superseded.signal).catch(onError)
      current = undefined
    }
  }

  return {
    order(order) {
      const before = waiting ?? current
      waiting = { order: before ? merge(before.order, order) : order }
      if (current) current.superseded.abort()
      else running = run()
    },
    end() {
      waiting = undefined
      current?.superseded.abort()
      return running
    },
  }
}
