/** How to write an app so that differences do not touch it. */
export interface Rule {
  readonly rule: string
  /** The numbers of what it keeps away. */
  readonly of: readonly string[]
}

/** For every app. */
export const rules: readonly Rule[] = [
  {
    rule: 'Declare `limits: requestLimits({ bodyBytes })` in `defineApp`.',
    of: ['D-33', 'D-48', 'D-90'],
  },
  {
    rule: 'Read a body to its end, and before the answer begins; large files go straight to an object store.',
    of: ['D-14', 'D-91'],
  },
  {
    rule: 'Go by no type that a client says, and compare none as text.',
    of: ['D-17', 'D-21'],
  },
  {
    rule: 'Write ASCII into headers, in both directions: `encodeURIComponent`. Set a name once.',
    of: ['D-04', 'D-05', 'D-06', 'D-07', 'D-83'],
  },
  {
    rule: 'Answer with text or bytes where you can. Set no `Content-Length` that you have not counted.',
    of: ['D-09', 'D-35'],
  },
  {
    rule: 'Await what can fail before you return a stream; make it of bytes; send some of them at once.',
    of: ['D-26', 'D-49', 'D-75'],
  },
  {
    rule: 'Let a proxy or the edge compress: no `compress()` on Workers.',
    of: ['D-11', 'D-66', 'D-87', 'D-105'],
  },
  {
    rule: 'Keep nothing but plain data between requests. What goes on after the answer is `background(c, …)`, what is to be kept a resource.',
    of: ['D-31', 'D-53', 'D-106'],
  },
  {
    rule: 'Take configuration and resources from `setup`, not from `c.env`. Compile when you build.',
    of: ['D-27', 'D-28'],
  },
  {
    rule: 'Give what you wait for an `AbortSignal.timeout`, and stop a stream in its `cancel`.',
    of: ['D-22', 'D-32'],
  },
  {
    rule: 'With `fetch`: set `Accept` and `User-Agent`, leave `cache` out, go by the status, and take each rejection but an abort for a failure of the network.',
    of: ['D-36', 'D-54', 'D-67', 'D-68', 'D-69', 'D-80'],
  },
  {
    rule: 'Say `redirect: "manual"` where a request has a secret or is a client’s.',
    of: ['D-29', 'D-30', 'D-65'],
  },
  {
    rule: 'Have a WebSocket client wait for answers, and connect again at 1012 and at 1006 alike.',
    of: ['D-73', 'D-74'],
  },
  { rule: 'Make a scheduled run safe to repeat.', of: ['D-76'] },
  {
    rule: 'Decide by path, host and method in the app, with `clientAddress(c)` and `ALLOWED_HOSTS`, where what you read is what you serve. In front of Bun and Deno have a proxy that refuses what is malformed.',
    of: ['D-08', 'D-15', 'D-19', 'D-37', 'D-50', 'D-100'],
  },
]

/** What was right on Workers, and meets something else port-bound. */
export const fromWorkers: readonly Rule[] = [
  { rule: 'An emoji in a header is a 500.', of: ['D-04'] },
  {
    rule: 'Nobody compresses in front of the app, and nobody twice.',
    of: ['D-11', 'D-56', 'D-66'],
  },
  {
    rule: 'Bindings are resources with a URL each; there is no `cf`, and no `caches` on Node.',
    of: ['D-28', 'D-29', 'D-106'],
  },
  { rule: '`fetch` of a client’s request follows redirects.', of: ['D-29'] },
  { rule: 'A handler that hangs takes a minute to fail.', of: ['D-22'] },
  { rule: 'Each deployment closes WebSockets, with 1012.', of: ['D-74'] },
]

/** What was right port-bound, and meets something else on Workers. */
export const toWorkers: readonly Rule[] = [
  { rule: 'Template engines and validators that compile at run time throw.', of: ['D-27'] },
  {
    rule: 'Timers end with the response, and a kept stream, body or connection throws in the next request.',
    of: ['D-31', 'D-53'],
  },
  { rule: '`request.signal` does not tell that the client has left.', of: ['D-32'] },
  {
    rule: 'What `compress()` makes is compressed once more, and a stream waits behind it.',
    of: ['D-11', 'D-87'],
  },
  {
    rule: '`redirect: "error"`, most `cache` modes and methods of no standard are a TypeError, and other failures of `fetch` are none.',
    of: ['D-30', 'D-36', 'D-54', 'D-68'],
  },
  { rule: 'Static files have no ranges and no conditions but one tag.', of: ['D-40', 'D-55'] },
  { rule: 'A header’s bytes beyond ASCII read as UTF-8.', of: ['D-06', 'D-83'] },
  { rule: 'A WebSocket cannot be paused: a flood is closed with 1013.', of: ['D-73'] },
  { rule: 'A schedule may run a minute twice.', of: ['D-76'] },
]
