import { type Clicks, recentMs, timeOf } from './clicks.ts'
import { sleep } from './sleep.ts'

export interface AllClicksOptions {
  readonly clicks: Clicks
  /** The last click that the client has, when it comes back. */
  readonly after: string | undefined
  readonly send: (text: string) => void
  /** Ends the feed. */
  readonly signal: AbortSignal
  /** Milliseconds between looks at the store. @default 1000 */
  readonly pollMs?: number
}

/** How late a click may show, or how far ahead its writer's clock may be, and still be sent. */
const lateMs = 90_000
const aheadMs = 10_000

/** Some runtimes bound what one connection may ask of its store. A client comes back by itself. */
const longestMs = 300_000

/**
 * Sends each click on any link as a JSON text, `{id, slug, at}`, until the signal aborts or the feed
 * has lasted as long as it may. Clicks are read from the store, so it does not matter which process
 * took them. A client that comes back with its last click's id is sent what came since, for minutes.
 */
export async function sendAllClicks(options: AllClicksOptions): Promise<void> {
  const { clicks, after, send, signal, pollMs = 1000 } = options
  const startMs = Date.now()
  const before = await clicks.recent(startMs - recentMs, startMs + aheadMs)
  const isNew = (id: string) => after !== undefined && id > after
  const seen = new Set(before.filter(({ id }) => !isNew(id)).map(({ id }) => id))
  let fresh = before.filter(({ id }) => isNew(id))
  while (!signal.aborted && Date.now() - startMs < longestMs) {
    for (const { id, slug } of fresh) {
      seen.add(id)
      send(JSON.stringify({ id, slug, at: new Date(timeOf(id)).toISOString() }))
    }
    await sleep(pollMs, signal)
    const nowMs = Date.now()
    const found = signal.aborted ? [] : await clicks.recent(nowMs - lateMs, nowMs + aheadMs)
    fresh = found.filter(({ id }) => !seen.has(id))
    for (const id of seen) if (timeOf(id) < nowMs - recentMs - lateMs) seen.delete(id)
  }
}
