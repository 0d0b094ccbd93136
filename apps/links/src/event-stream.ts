import type { Context } from 'hono'

/**
 * A response that streams what `feed` yields, for as long as somebody reads it.
 *
 * Hono's `streamSSE` is not used: it sends `Transfer-Encoding` and `Connection`, which belong to
 * the server below; its sleep cannot be cut short; and it sends an error's message to the client.
 *
 * @param feed gets a signal that aborts when the client leaves or one of `ends` aborts. It is first
 *   called when the body is first read, so a response to HEAD starts nothing
 * @param onError is told why a feed broke off; the stream then ends, and the client comes back
 */
export function eventStream(
  c: Context,
  feed: (signal: AbortSignal) => AsyncGenerator<string, void>,
  ends: readonly AbortSignal[],
  onError: (error: unknown) => void,
): Response {
  const stop = new AbortController()
  const abort = () => stop.abort()
  const encoder = new TextEncoder()
  let events: AsyncGenerator<string, void> | undefined
  let cancelled = false

  function begin(): AsyncGenerator<string, void> {
    for (const signal of ends) {
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort)
    }
    return feed(stop.signal)
  }

  /** The signal of the process outlives every stream, so it must not hold on to this one. */
  function end(): void {
    abort()
    for (const signal of ends) signal.removeEventListener('abort', abort)
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        events ??= begin()
        const next = await events.next().catch((error: unknown) => {
          if (!cancelled) onError(error)
          return { done: true, value: undefined } as const
        })
        if (next.done) end()
        // A cancelled stream takes nothing more, not even its end.
        if (cancelled) return
        if (next.done) controller.close()
        else controller.enqueue(encoder.encode(next.value))
      },
      // Not every runtime aborts the request's signal when the client leaves; this always comes.
      cancel() {
        cancelled = true
        end()
      },
    },
    { highWaterMark: 0 },
  )
  return c.body(body, 200, {
    'Content-Type': 'text/event-stream',
    // Asks a buffering proxy (nginx) to pass each event on at once.
    'X-Accel-Buffering': 'no',
  })
}
