import { type Clicks, type RecentClick, recentMs, timeOf } from './clicks.ts'

export interface AllClicksOptions {
  readonly clicks: Clicks
  /** The last click that the client has, when it comes back. */
  readonly after: string | undefined
  readonly send: (text: string) => void
  /** Ends the feed. */
  readonly signal: AbortSignal
}

/** How late a click may show, or how far ahead its writer's clock may be, and still be sent. */
const lateMs = 90_000
const aheadMs = 10_000

/** Some runtimes bound what one connection may ask of its store. A client comes back by itself. */
const longestMs = 300_000

/**
 * Sends each click on any link as a JSON text, `{id, slug, at}`, until the signal aborts or the feed
 * has lasted as long as it may. A click is told at once, or else read from the store a little later,
 * so it does not matter which process took it. A client that comes back with its last click's id is
 * sent what came since, for minutes; one that was away longer is sent `{missed: true}` first.
 */
export async function sendAllClicks({
  clicks,
  after,
  send,
  signal,
}: AllClicksOptions): Promise<void> {
  const startMs = Date.now()
  // From here on nothing is lost: what was before is in the store.
  const news = await clicks.news(signal)
  const before = await clicks.recent(startMs - recentMs, startMs + aheadMs)
  const isNew = (id: string) => after !== undefined && id > after
  const seen = new Set(before.filter(({ id }) => !isNew(id)).map(({ id }) => id))
  if (after !== undefined && !(timeOf(after) >= startMs - recentMs)) {
    send(JSON.stringify({ missed: true }))
  }
  let found: readonly RecentClick[] = before
  let pollAtMs = startMs + news.pollMs
  while (!signal.aborted && Date.now() - startMs < longestMs) {
    for (const { id, slug } of found) {
      if (seen.has(id)) continue
      seen.add(id)
      send(JSON.stringify({ id, slug, at: new Date(timeOf(id)).toISOString() }))
    }
    found = await news.next(pollAtMs - Date.now())
    const nowMs = Date.now()
    if (signal.aborted || nowMs < pollAtMs) continue
    found = [...found, ...(await clicks.recent(nowMs - lateMs, nowMs + aheadMs))]
    pollAtMs = nowMs + news.pollMs
    for (const id of seen) if (timeOf(id) < nowMs - recentMs - lateMs) seen.delete(id)
  }
}
