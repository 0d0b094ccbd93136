import type { Kv } from '@mooring/core'
import type { Clicks } from './clicks.ts'
import type { Previews } from './link-preview.ts'
import type { LinkStore } from './link-store.ts'
import { isExpired } from './link-view.ts'

export interface RemoveExpiredOptions {
  readonly store: Kv
  readonly links: LinkStore
  readonly clicks: Clicks
  readonly previews: Pick<Previews, 'delete'>
  /** Ends it early; the next run goes on. */
  readonly signal: AbortSignal
}

/** Where the next run goes on. */
const cursorKey = 'remove-expired/cursor'

/** Links that one run looks at: some runtimes bound what it may ask of its store. */
const perRun = 100

/**
 * Takes expired links off the list, with their clicks and their previews. What stays is the record
 * by which their visitors are told, until its own end.
 *
 * @returns how many
 */
export async function removeExpired(options: RemoveExpiredOptions): Promise<number> {
  const { store, links, clicks, previews, signal } = options
  const page = await links.page(perRun, await store.get(cursorKey))
  let removed = 0
  for (const link of page.links.filter(isExpired)) {
    if (signal.aborted) return removed
    await Promise.all([clicks.deleteAll(link), previews.delete(link)])
    // Last: what broke off before is found again.
    await links.unlist(link)
    removed += 1
  }
  if (page.nextCursor === undefined) await store.delete(cursorKey)
  else await store.put(cursorKey, page.nextCursor)
  return removed
}
