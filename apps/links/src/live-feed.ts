import { type ClickId, type Clicks, type ClickSnapshot, timeOf } from './clicks.ts'
import type { LinkRecord } from './link-store.ts'
import { sleep } from './sleep.ts'

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
  /** Milliseconds between looks at the store. @default 1000 */
  readonly pollMs?: number
}

/** How late a click may show, or how far ahead its writer's clock may be, and still be sent live. */
const lateMs = 90_000
const aheadMs = 10_000

/** Looks at the clicks for each look at the link itself, which only a deletion changes. */
const pollsPerLook = 3

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
 * it makes; `gone` at the end where the link was deleted. Every event is read from the store, so it does not matter which process took the click.
 */
export async function* liveFeed(options: LiveFeedOptions): AsyncGenerator<string, void> {
  const { clicks, link, snapshot, lastEventId, signal, exists, pollMs = 1000 } = options
  const { recent } = snapshot
  const startMs = Date.now()
  const missed =
    lastEventId === undefined ? [] : recent.filter((id) => id > lastEventId).slice(-mostMissed)
  let count = snapshot.count - missed.length
  let quietSinceMs = startMs
  const seen = new Set(recent.filter((id) => timeOf(id) >= startMs - 2 * lateMs))

  yield `retry: 2000\n\n${event('count', recent.at(-1 - missed.length) ?? '0', { clicks: count })}`
  if (missed.length > 0) yield missed.map(clickEvent).join('')

  for (let polls = 1; Date.now() - startMs < longestMs; polls++) {
    await sleep(pollMs, signal)
    if (signal.aborted) return
    const now = Date.now()
    const fresh = (await clicks.between(link, now - lateMs, now + aheadMs)).filter(
      (id) => !seen.has(id),
    )
    for (const id of fresh) seen.add(id)
    for (const id of seen) if (timeOf(id) < now - 2 * lateMs) seen.delete(id)
    if (fresh.length > 0) {
      quietSinceMs = now
      yield fresh.map(clickEvent).join('')
    } else if (now - quietSinceMs >= heartbeatMs) {
      quietSinceMs = now
      yield ': nothing new\n\n'
    }
    if (polls % pollsPerLook === 0 && !(await exists())) {
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
