/**
 * Runs `work`, and gives it up when its time is over: its signal aborts, and what it does then is
 * nobody's concern.
 *
 * @throws what `work` throws, or an error that says how long it had
 */
export async function withDeadline<Result>(
  limitMs: number,
  work: (signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  const abort = new AbortController()
  const over = Promise.withResolvers<never>()
  // It holds the process: work that waits for nothing real would else end it without a word.
  const timer = setTimeout(() => {
    const error = new Error(`not done in ${Math.round(limitMs)} ms`)
    abort.abort(error)
    over.reject(error)
  }, limitMs)
  try {
    return await Promise.race([(async () => work(abort.signal))(), over.promise])
  } finally {
    clearTimeout(timer)
  }
}
