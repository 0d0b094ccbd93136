/** A request that is not answered yet, for a log line. */
export interface OpenRequest {
  readonly method: string
  /** Without its query, which may hold what no log should. */
  readonly path: string
  readonly ageMs: number
  readonly waitingFor: 'the head' | 'the end of the body'
}

/** A request that is not answered yet. */
export interface InFlight {
  readonly describe: () => OpenRequest
  /** What the handler's signal aborts with when the request is cut off. */
  readonly giveReason: (reason: string) => void
}

/** What a server that answers does for its end. */
export interface Answering {
  /** The requests being answered. */
  readonly inFlight: () => readonly InFlight[]
  /** Calls `heard` at each request that comes. @returns what ends that */
  readonly onRequest: (heard: () => void) => () => void
  /** Tells the peers that can be told that no new request should be sent here. */
  readonly announceEnd: () => void
  /** Accepts what the kernel has queued, since closing the listener resets the rest. */
  readonly emptyAcceptQueue: (atMostMs: number) => Promise<void>
  /** Closes the listener, and leaves the connections alone. */
  readonly stopAccepting: () => void
  /**
   * Ends each connection as soon as it has nothing to lose; resolves when none is left.
   *
   * @param idleGraceMs how long one that is idle may still bring a request
   */
  readonly drain: (idleGraceMs: number) => Promise<void>
  /** Resets what is left, so that a client sees the truncation. */
  readonly destroy: () => void
}
