/**
 * How long a turn of the loop goes on taking from the queue. libuv accepts one connection a turn: in
 * turns this short a hundred and more come in each second, and those of probes among them.
 */
const turnMs = 10

/** At most so many a turn: for more the loop is not that late. */
const mostPerTurn = 64

/** What waits for its turn, in order. */
export interface TurnQueue<Item> {
  readonly isEmpty: () => boolean
  /** @returns when the turn began in which this was found: it has waited at least since then */
  readonly add: (item: Item) => number
}

/**
 * Takes from a queue a few items each turn of the event loop, so that no turn is long.
 *
 * @param take each in an immediate of its own: what it began as promises goes on before the next
 */
export function createTurnQueue<Item>(take: (item: Item) => void): TurnQueue<Item> {
  let items: Item[] = []
  let first = 0
  let turnBeganMs: number | undefined
  let untilMs = 0

  function schedule(): void {
    const count = Math.min(items.length - first, mostPerTurn)
    for (let index = 0; index < count; index++) setImmediate(takeOne)
    setImmediate(endTurn)
    untilMs = 0
  }

  function takeOne(): void {
    const nowMs = performance.now()
    if (untilMs === 0) untilMs = nowMs + turnMs
    if (nowMs < untilMs) take(items[first++]!)
  }

  function endTurn(): void {
    if (first >= 1_024 || first === items.length) {
      items = items.slice(first)
      first = 0
    }
    turnBeganMs = items.length === 0 ? undefined : performance.now()
    if (items.length > 0) schedule()
  }

  return {
    isEmpty: () => items.length === 0,
    add(item) {
      items.push(item)
      if (turnBeganMs === undefined) {
        turnBeganMs = performance.now()
        schedule()
      }
      return turnBeganMs
    },
  }
}
