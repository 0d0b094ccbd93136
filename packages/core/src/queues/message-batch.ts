/** The part of a message that Workers Queues bring, declared by its shape. */
interface BatchMessage {
  readonly id: string
  readonly timestamp: Date
  readonly body: unknown
  readonly attempts: number
  ack(): void
  retry(options?: { delaySeconds?: number }): void
}

/** What Workers Queues hand in. */
export interface MessageBatch {
  readonly queue: string
  readonly messages: readonly BatchMessage[]
}
