import type { Attempt } from '../tally.ts'

/** Where a router listens. */
export interface Target {
  readonly host: string
  readonly port: number
  /** HTTP/2, over TLS. */
  readonly tlsPort: number
}

/** One client. */
export interface Client {
  /**
   * Makes one request and checks the whole answer.
   *
   * @throws what went wrong: see `outcomeOf`
   */
  readonly ask: (attempt: Attempt) => Promise<void>
  readonly close: () => void
}

/** A kind of load: so many clients, each with a pause between its requests. */
export interface Kind {
  readonly name: string
  readonly pauseMs: number
  readonly open: (target: Target) => readonly Client[]
}

/** A request that takes longer than this has timed out. Nothing here takes a second by itself. */
export const timeoutMs = 15_000

/** @param header what the server says that it is; an answer of the router's own has none */
export function noteServer(attempt: Attempt, header: unknown): void {
  if (header !== undefined) attempt.servedBy = Number(header)
}
