import type { Delivery, Outcome, Receiving } from './receive.ts'

/** A process that handles messages: what a queue needs of it. */
export interface Consumption extends Receiving {
  /** No message is taken once it is so. */
  readonly isLeaving: () => boolean
  /** Is told of all that the end of the process has to await. */
  readonly waitUntil: (work: Promise<unknown>, name: string) => void
  /** Is told what became of each message. */
  readonly count?: (outcome: Outcome['type']) => void
}

/** A {@link Consumption} of one queue. */
export interface QueueConsumption extends Consumption {
  readonly concurrency: number
  readonly receive: (delivery: Delivery) => Promise<Outcome>
}

/** A message that failed at every attempt, or that cannot be one. */
export interface DeadLetter {
  readonly id: string
  readonly sentAt: Date
  readonly diedAt: Date
  readonly attempts: number
  readonly reason: string
  readonly message: unknown
}

/** What was given up, and is kept. */
export interface DeadLetters {
  /** The oldest ones, up to 1,000. */
  readonly list: () => Promise<readonly DeadLetter[]>
  /** Makes new messages of all that there are now. @returns how many */
  readonly replay: () => Promise<number>
}

/** A queue as an adapter that binds opens it. */
export interface QueueStore {
  /** @param text the message as JSON */
  readonly send: (text: string, delayMs: number) => Promise<void>
  /** Begins to take messages, until the process leaves or `close` is called. */
  readonly consume: (consumption: QueueConsumption) => void
  readonly check?: () => Promise<unknown>
  readonly deadLetters?: DeadLetters
  /** Hands back what is not done, and lets go. */
  readonly close: () => Promise<void>
}

/** What a driver brings; {@link createQueueStore} makes a queue of it. */
export interface QueueDriver<Taken extends Delivery> {
  readonly send: QueueStore['send']
  /** Up to so many messages. Resolves with none after a while, and when `wake` is called. */
  readonly take: (count: number) => Promise<readonly Taken[]>
  /** Says what became of a message. Twice the same is no harm. */
  readonly settle: (message: Taken, outcome: Outcome) => Promise<void>
  /** Says again and again that these are still being handled here. */
  readonly keep?: {
    readonly everyMs: number
    readonly run: (taken: readonly Taken[]) => Promise<void>
  }
  /** How many messages are gone with the process, where that is so. */
  readonly lost?: () => number
  /** Ends a `take` that waits, where that is worth while. */
  readonly wake?: () => void
  readonly check?: () => Promise<unknown>
  readonly deadLetters?: DeadLetters
  readonly close: () => Promise<void>
}
