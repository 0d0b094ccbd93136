import type { Kv, Topic } from '@mooring/core'
import { type ClickNews, listenToClicks, type ToldClick } from './click-news.ts'
import { remainingMs, type LinkRecord } from './link-store.ts'
import { randomSlug } from './slugs.ts'
import { type ClickId, timeOf } from './click-id.ts'

/** A link's clicks at one moment. */
export interface ClickSnapshot {
  readonly count: number
  /** Those of at least the last hour, in order. */
  readonly recent: readonly ClickId[]
  /** Whether `fold` has something to do. */
  readonly foldable: boolean
}

export interface Clicks {
  add(link: LinkRecord, atMs: number): Promise<void>
  snapshot(link: LinkRecord): Promise<ClickSnapshot>
  /** The clicks within a span of time, in order. Its cost grows with the span: for short ones. */
  between(link: LinkRecord, fromMs: number, toMs: number): Promise<readonly ClickId[]>
  /** The clicks on all links as they are told, where there is a topic for them. */
  news(signal: AbortSignal): Promise<ClickNews>
  /** Sums up the older part of a long log, so that counting stays cheap. Safe to run at any time. */
  fold(link: LinkRecord): Promise<void>
  deleteAll(link: LinkRecord): Promise<void>
}

/** What the log held before a time, so that its keys need not be counted again. */
interface Sum {
  readonly count: number
  readonly beforeMs: number
  readonly madeAtMs: number
}

/**
 * How long a click may take to show everywhere: clocks differ, a click is written after its
 * response, and some stores show a write elsewhere only after a minute. Far more than enough.
 */
const settledMs = 3_600_000

/** Keys that are worth summing up; also how many are deleted in one go. */
const foldAt = 500

/** The first 8 of the 13 digits of a time name a span of 100 s. */
const bucketDigits = 8
const bucketMs = 100_000

/**
 * Clicks as a log of unique keys, `click/<link's id>/<time>-<random>`. Not a counter: not every
 * store can add in one step, and some take one write a second on a key; a key of its own can always
 * be written. The number of keys is the number of clicks, and any first digits of the time are the
 * prefix of a span of time.
 *
 * @param topic tells them to the live feeds at once; the store shows them a little later
 */
export function createClicks(store: Kv, topic?: Topic): Clicks {
  async function keysUnder(prefix: string): Promise<string[]> {
    const keys: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.list(cursor === undefined ? { prefix } : { prefix, cursor })
      keys.push(...page.keys)
      cursor = page.cursor
    } while (cursor !== undefined)
    return keys
  }

  async function idsUnder(prefix: string): Promise<ClickId[]> {
    return (await keysUnder(prefix)).map((key) => key.slice(key.lastIndexOf('/') + 1))
  }

  async function read({ id }: LinkRecord): Promise<{ sum: Sum; ids: ClickId[] }> {
    const text = await store.get(sumKey(id))
    const sum: Sum = text ? JSON.parse(text) : { count: 0, beforeMs: 0, madeAtMs: 0 }
    return { sum, ids: await idsUnder(logPrefix(id)) }
  }

  return {
    async add(link, atMs) {
      const id = `${digitsOf(atMs)}-${randomSlug()}`
      await store.put(logPrefix(link.id) + id, '1', { ttlMs: remainingMs(link) })
      const told: ToldClick = { id, slug: link.slug, link: link.id }
      await topic?.publish(JSON.stringify(told))
    },
    news: (signal) => listenToClicks(topic, signal),
    async snapshot(link) {
      const { sum, ids } = await read(link)
      const recent = ids.filter((id) => timeOf(id) >= sum.beforeMs)
      const { remove, next } = planFold(sum, ids, Date.now())
      const foldable = remove.length > 0 || next !== undefined
      return { count: sum.count + recent.length, recent, foldable }
    },
    async between({ id: link }, fromMs, toMs) {
      const ids: ClickId[] = []
      for (const bucket of bucketsOf(fromMs, toMs)) {
        ids.push(...(await idsUnder(logPrefix(link) + bucket)))
      }
      return ids.filter((id) => timeOf(id) >= fromMs && timeOf(id) <= toMs)
    },
    async fold(link) {
      const { sum, ids } = await read(link)
      const { remove, next } = planFold(sum, ids, Date.now())
      await deleteKeys(remove.map((id) => logPrefix(link.id) + id))
      if (!next) return
      await store.put(sumKey(link.id), JSON.stringify(next), { ttlMs: remainingMs(link) })
    },
    async deleteAll(link) {
      await store.delete(sumKey(link.id))
      const ids = await idsUnder(logPrefix(link.id))
      await deleteKeys(ids.map((id) => logPrefix(link.id) + id))
    },
  }

  async function deleteKeys(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += 20) {
      const batch = keys.slice(start, start + 20)
      await Promise.all(batch.map((key) => store.delete(key)))
    }
  }
}

/**
 * First the keys that a sum stands for are removed, and only once nobody counts with an older sum
 * any more; then the next sum is made. So a count is right whoever folds at the same time.
 */
function planFold(
  sum: Sum,
  ids: readonly ClickId[],
  nowMs: number,
): { remove: readonly ClickId[]; next: Sum | undefined } {
  if (nowMs - sum.madeAtMs < settledMs) return { remove: [], next: undefined }
  const remove = ids.filter((id) => timeOf(id) < sum.beforeMs).slice(0, foldAt)
  if (remove.length > 0) return { remove, next: undefined }
  const beforeMs = nowMs - settledMs
  const count = ids.filter((id) => timeOf(id) < beforeMs).length
  const next = { count: sum.count + count, beforeMs, madeAtMs: nowMs }
  return { remove, next: count >= foldAt ? next : undefined }
}

/** The first digits of the times within a span. */
function bucketsOf(fromMs: number, toMs: number): readonly string[] {
  const buckets: string[] = []
  for (let ms = fromMs - (fromMs % bucketMs); ms <= toMs; ms += bucketMs) {
    buckets.push(digitsOf(ms).slice(0, bucketDigits))
  }
  return buckets
}

function digitsOf(ms: number): string {
  return String(ms).padStart(13, '0')
}

function logPrefix(link: string): string {
  return `click/${link}/`
}

function sumKey(link: string): string {
  return `clicks/${link}`
}
