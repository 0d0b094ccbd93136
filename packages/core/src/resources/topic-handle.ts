/** A message as it was published. */
export interface TopicMessage {
  readonly type: 'message'
  /** Where it is in the topic: what `after` takes. No other order may be read from it. */
  readonly id: string
  readonly text: string
}

/** Messages were lost on the way to this subscriber: it was away too long, or read too slowly. */
export interface TopicGap {
  readonly type: 'missed'
}

export type TopicEvent = TopicMessage | TopicGap

export interface SubscribeOptions {
  /**
   * Goes on after this message. Where not all that came since is kept (the last 256), the first
   * event is `missed`, and what is published from now on follows. @default from now on
   */
  readonly after?: string
  /** Ends the subscription. */
  readonly signal?: AbortSignal
}

/** What a subscriber gets, in the order of the topic. It ends by its signal, or by leaving a loop. */
export interface Subscription extends AsyncIterableIterator<TopicEvent, undefined> {
  /** Where it begins, for `after`: also before a first message came. */
  readonly after: string
}

/** Messages for whoever listens, in any process or isolate. */
export interface Topic {
  /**
   * Resolves when the message is in the topic.
   *
   * @param text at most 64 KiB of UTF-8
   * @returns its id
   * @throws MOORING_E_TOPIC_MESSAGE, MOORING_E_TOPIC_UNREACHABLE
   */
  publish(text: string): Promise<string>
  /**
   * Resolves when nothing that is published from now on is missed. A connection that is lost is
   * made again, and goes on after the last message. On Workers it keeps the isolate busy: a WebSocket
   * that is to hibernate names its `topic` instead (`upgradeWebSocket`).
   *
   * @throws MOORING_E_TOPIC_UNREACHABLE, here or from the subscription when it cannot go on
   */
  subscribe(options?: SubscribeOptions): Promise<Subscription>
}
