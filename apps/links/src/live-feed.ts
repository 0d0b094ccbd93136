import type { Clicks, ClickSnapshot } from './clicks.ts'
import { type ClickId, timeOf } from './click-id.ts'
import type { LinkRecord } from './link-store.ts'

export interface LiveFeedOptions {
  readonly clicks: Clicks
  readonly link: LinkRecord
  /** The clicks before the feed begins. */
  readonly snapshot: ClickSnapshot
  /** The last event that the client has, when it comes back. */
  readonly lastEventId: string | undefined
  /** Ends the feed. */
  readonly signal: AbortSignal
  /** Whether the link is still there. */
  readonly exists: () => Promise<boolean>
}

/** How late a click may show, or how far ahead its writer's clock may be, and still be sent live. */
const lateMs = 90_000
const aheadMs = 10_000

/** The store is asked first, for what was told to nobody yet. */
const firstPollMs = 1_000

/** How often, at the most, the link itself is looked at, which only a deletion changes. */
const lookMs = 3_000

/** A comment now and then keeps proxies from closing a quiet stream. */
const heartbeatMs = 15_000

/**
 * Some runtimes bound what one request may ask of its store. A browser's `EventSource` comes back
 * by itself and goes on where it was.
 */
const longestMs = 300_000

/** What a returning client is told one by one; of more it learns the count. */
const mostMissed = 50

/**
 * The text of an event stream: `count` once, then `click` for each click, each with the count that
 * it makes; `gone` at the end where the link was deleted. A click is told at once, or else read
 * from the store a little later, so it does not matter which process took it.
 */
export async function* liveFeed(options: LiveFeedOptions): AsyncGenerator<string, void> {
  const { clicks, link, snapshot, lastEventId, signal, exists } = options
  const { recent } = snapshot
  const startMs = Date.now()
  const missed =
    lastEventId === undefined ? [] : recent.filter((id) => id > lastEventId).slice(-mostMissed)
  let count = snapshot.count - missed.length
  let quietSinceMs = startMs
  const seen = new Set(recent.filter((id) => timeOf(id) >= startMs - 2 * lateMs))

  yield `retry: 2000\n\n${event('count', recent.at(-1 - missed.length) ?? '0', { clicks: count })}`
  if (missed.length > 0) yield missed.map(clickEvent).join('')

  const news = await clicks.news(signal)
  let pollAtMs = startMs + firstPollMs
  let lookAtMs = startMs + lookMs
  while (Date.now() - startMs < longestMs) {
    const told = await news.next(pollAtMs - Date.now())
    if (signal.aborted) return
    const now = Date.now()
    const isPolling = now >= pollAtMs
    const found = told.filter((click) => click.link === link.id).map(({ id }) => id)
    if (isPolling) {
      found.push(...(await clicks.between(link, now - lateMs, now + aheadMs)))
      pollAtMs = now + news.pollMs
    }
    const fresh = [...new Set(found)].filter((id) => !seen.has(id))
    for (const id of fresh) seen.add(id)
    for (const id of seen) if (timeOf(id) < now - 2 * lateMs) seen.delete(id)
    if (fresh.length > 0) {
      quietSinceMs = now
      yield fresh.map(clickEvent).join('')
    } else if (now - quietSinceMs >= heartbeatMs) {
      quietSinceMs = now
      yield ': nothing new\n\n'
    }
    if (!isPolling || now < lookAtMs) continue
    lookAtMs = now + lookMs
    if (!(await exists())) {
      // Without an id: it is no place to go on from.
      yield `event: gone\ndata: ${JSON.stringify({ slug: link.slug })}\n\n`
      return
    }
  }

  function clickEvent(id: ClickId): string {
    return event('click', id, { clicks: ++count, at: new Date(timeOf(id)).toISOString() })
  }
}

/** One event of a stream (HTML §9.2.6). The data is JSON, which has no line breaks of its own. */
function event(name: string, id: string, data: unknown): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
