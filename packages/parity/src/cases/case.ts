import type { ScheduleRun } from '../targets/target.ts'

/** What a person wrote down: steps, one after the other, and what a client must see at each. */
export interface Case {
  readonly name: string
  /** The file it is in, relative to where the run was started. */
  readonly file: string
  readonly line: number
  readonly steps: readonly Step[]
  /** What a file of cases would have of it. @default it is in one */
  readonly text?: () => string
}

export type Step = RequestStep | WebSocketStep | ScheduleStep | RestartStep

interface StepBase {
  /** Of what is sent; 0 in a case that is in no file. */
  readonly line: number
}

/** Bytes that are sent, and the response to them. */
export interface RequestStep extends StepBase {
  readonly kind: 'request'
  /** Shown in reports: the first line of what is sent. */
  readonly title: string
  readonly method: string
  readonly bytes: Buffer
  /** Whether it has a connection of its own, although the one before can still be used. */
  readonly newConnection: boolean
  /** Whether it is sent together with the step before, to targets that answer both (D-38). */
  readonly isPipelined: boolean
  /** Read so many events of an event stream, then hang up. */
  readonly events: number | undefined
  /** Hang up when so many bytes have come. */
  readonly abortAfterBytes: number | undefined
  /** Milliseconds until an answer that has not ended is taken as it is. */
  readonly waitMs: number | undefined
  /** Ask again until the answer is the expected one. */
  readonly eventually: boolean
  /** What of it is left to a later step, on a connection of its own; `undefined` where nothing is. */
  readonly leaves: Leaves | undefined
  /** Whether it reads what the last step that left something has left. */
  readonly isRest: boolean
  readonly expected: Expected | undefined
  readonly declared: readonly DeclaredAnswer[]
  /** Texts of which each must be in a line of the log afterwards. */
  readonly logs: readonly string[]
  /** Lines that the step logs, in their order, each with its level. */
  readonly logged: readonly ExpectedLine[]
  /** The line that says what is logged; `undefined` where none does. */
  readonly logLine: number | undefined
}

/**
 * How much of an exchange a step does:
 *
 * - `unread`: it sends the request, and reads nothing.
 * - `upload`: it sends the head and a body of so many bytes, until the server holds it back or has
 *   taken all, and reads nothing.
 * - `until`: it reads until this text has come, without the coding of the body.
 */
export type Leaves = 'unread' | { readonly upload: number } | { readonly until: string }

/** What a response must be. What is not stated must be the same on all targets. */
export interface Expected {
  /** A number; where there is no response `connection closed`, or `no response` on one that stays. */
  readonly status: string
  readonly reason: string | undefined
  /** By lower-case name: all lines of it, in order; none where it must not be there. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  /** What else is seen of a response, by its name: `names`, `connection`. */
  readonly facts: ReadonlyMap<string, string>
  readonly body: string | RegExp | undefined
  /** The line of the file that states it, by the name of what is seen. */
  readonly lines: ReadonlyMap<string, number>
}

/** What some targets answer instead, by the number of a difference. */
export interface DeclaredAnswer {
  readonly difference: string
  readonly targets: readonly string[]
  readonly expected: Expected
}

/** A handshake, and messages in both directions. */
export interface WebSocketStep extends StepBase {
  readonly kind: 'websocket'
  readonly title: string
  readonly head: Buffer
  readonly script: readonly WebSocketLine[]
  readonly declared: readonly DeclaredConversation[]
}

/** What is said with some targets instead, by the number of a declared difference. */
export interface DeclaredConversation {
  readonly difference: string
  readonly targets: readonly string[]
  readonly script: readonly WebSocketLine[]
}

/** One frame: `send` from us, `expect` from the app. */
export interface WebSocketLine {
  readonly direction: 'send' | 'expect'
  /** As it was written, such as `text hello` or `close 1000 bye`. */
  readonly frame: string
  readonly line: number
}

/** A schedule of the app runs, without waiting for its time. */
export interface ScheduleStep extends StepBase, ScheduleRun {
  readonly kind: 'schedule'
  readonly title: string
  /** What must come of it, such as `ran` or `failed`. */
  readonly expected: string | undefined
  /** The line that says so. */
  readonly expectedLine: number | undefined
}

/** All targets are stopped and started again. */
export interface RestartStep extends StepBase {
  readonly kind: 'restart'
}

/** What a case says that is logged, such as `error the handler threw`. */
export interface ExpectedLine {
  /** The level of an event of Mooring's log; `out` or `err` for a line of the app's `console`. */
  readonly level: string
  readonly text: string
}
