import type { LogFields } from '@mooring/core'
import type { Checks, MetricsSnapshot } from '@mooring/port-bound'

/** What `listening` tells in the log. */
export interface Listening extends LogFields {
  readonly url: string
  readonly port: number | undefined
}

/** What the parent tells a worker. */
export type Order =
  /** @param makesRoom a successor is there: only what is in flight has to be finished */
  | { readonly type: 'leave'; readonly reason: string; readonly makesRoom: boolean }
  /** The answer to `asks to close`. */
  | { readonly type: 'close' }
  | { readonly type: 'force'; readonly reason: string }
  | { readonly type: 'ping' }
  /** Asks for the metrics, or for what a probe is to answer. */
  | { readonly type: 'measure' | 'check' }

/** What a worker tells its parent. */
export type Report =
  | { readonly type: 'ready'; readonly listening: Listening }
  /** A signal meant this worker alone, or every process of a group. */
  | { readonly type: 'signalled'; readonly signal: string }
  /** It is leaving, and is about to close its copy of the listening socket. */
  | { readonly type: 'asks to close' }
  | { readonly type: 'pong' }
  | { readonly type: 'measured'; readonly metrics: MetricsSnapshot }
  | Checked

/** What the checks of its readiness say. */
export type Checked = { readonly type: 'checked' } & Awaited<ReturnType<Checks['run']>>

/** The app may have messages of its own on the same channel. */
export interface Envelope<Message> {
  readonly mooring: Message
}

/** What is in a message of ours; `undefined` in any other. */
export function open<Message>(message: unknown): Message | undefined {
  const isOurs = typeof message === 'object' && message !== null && 'mooring' in message
  return isOurs ? (message as Envelope<Message>).mooring : undefined
}
