export interface SendOptions {
  /**
   * Milliseconds until it may be handled, at most 12 hours. Workers count in seconds: it is rounded
   * up to one there. @default 0
   */
  readonly delayMs?: number
}

/**
 * Work that must complete. A message that was sent is handled at least once: again after a failure,
 * and by another process where one died. In no order.
 */
export interface Queue<Message> {
  /**
   * Resolves when the queue has the message, which from then on is not lost.
   *
   * @param message JSON of at most 127,000 bytes that the schema takes, as it comes out of JSON
   * @throws MOORING_E_QUEUE_MESSAGE, MOORING_E_QUEUE_OPTION, MOORING_E_QUEUE_UNREACHABLE
   */
  send(message: Message, options?: SendOptions): Promise<void>
}
