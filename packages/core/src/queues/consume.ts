import type { Logger } from '../log.ts'
import type { QueueConsumption, QueueDriver, QueueStore } from './queue-store.ts'
import type { Delivery, Outcome } from './receive.ts'

/** Milliseconds until a queue that failed is asked again. */
const troubledMs = 1_000

/** Takes messages and says what became of them: what all drivers have in common. */
export function createQueueStore<Taken extends Delivery>(
  driver: QueueDriver<Taken>,
  name: string,
): QueueStore {
  const label = `queue ${name}`
  const inHand = new Set<Taken>()
  let change = Promise.withResolvers<void>()
  let isClosed = false
  let loop: Promise<void> | undefined
  let tell: Logger['warn'] | undefined
  let keeping: ReturnType<typeof setInterval> | undefined

  /** Ends the pauses: a message is done, or nothing more is wanted. */
  function changed(): void {
    change.resolve()
    change = Promise.withResolvers()
  }
  async function pause(ms: number): Promise<void> {
    const timer = setTimeout(changed, ms)
    await change.promise
    clearTimeout(timer)
  }

  /** Tries until it is said: a message of which nothing is known is handled again. */
  async function settle(
    message: Taken,
    outcome: Outcome,
    { log }: QueueConsumption,
  ): Promise<void> {
    for (let tries = 0; !isClosed; tries += 1) {
      try {
        await driver.settle(message, outcome)
        return
      } catch (error) {
        const facts = { messageId: message.id, outcome: outcome.type, error }
        if (tries === 0) log.error(`${label}: the outcome of a message cannot be told`, facts)
        await pause(troubledMs)
      }
    }
  }

  function begin(message: Taken, consumption: QueueConsumption): void {
    const work = consumption
      .receive(message)
      .then((outcome) => {
        consumption.count?.(outcome.type)
        return settle(message, outcome, consumption)
      })
      .then(() => {
        inHand.delete(message)
        changed()
      })
    inHand.add(message)
    consumption.waitUntil(work, label)
  }

  /** What cannot be handed back now is taken over once this process is known to be gone. */
  async function release(messages: readonly Taken[]): Promise<void> {
    const released = messages.map((message) => driver.settle(message, { type: 'release' }))
    await Promise.allSettled(released)
  }

  async function take(consumption: QueueConsumption): Promise<void> {
    const { concurrency, isLeaving, log } = consumption
    let isTroubled = false
    while (!isLeaving() && !isClosed) {
      const free = concurrency - inHand.size
      if (free <= 0) {
        await change.promise
        continue
      }
      try {
        const taken = await driver.take(free)
        if (isTroubled) log.info(`${label}: messages can be taken again`)
        isTroubled = false
        if (isLeaving() || isClosed) await release(taken)
        else for (const message of taken) begin(message, consumption)
      } catch (error) {
        if (!isTroubled) log.error(`${label}: messages cannot be taken`, { error })
        isTroubled = true
        await pause(troubledMs)
      }
    }
  }

  return {
    send: driver.send,
    ...(driver.check && { check: driver.check }),
    ...(driver.deadLetters && { deadLetters: driver.deadLetters }),
    consume(consumption) {
      const { signal, waitUntil } = consumption
      const { keep } = driver
      const leave = () => {
        driver.wake?.()
        // What it takes at the last moment is handed back before the process goes on to its end.
        waitUntil(loop!, label)
      }
      tell = consumption.log.warn
      loop = take(consumption)
      signal.addEventListener('abort', leave, { once: true })
      if (keep) {
        keeping = setInterval(() => {
          // What cannot be said now can be the next time, or the message goes to another process.
          if (inHand.size > 0) keep.run([...inHand]).catch(() => {})
        }, keep.everyMs)
      }
    },
    async close() {
      isClosed = true
      changed()
      driver.wake?.()
      clearInterval(keeping)
      await release([...inHand])
      await loop
      const lost = driver.lost?.() ?? 0
      if (lost > 0) tell?.(`${label}: messages are lost with the process`, { messages: lost })
      await driver.close()
    },
  }
}
