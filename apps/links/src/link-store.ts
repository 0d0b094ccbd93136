import type { Kv } from '@mooring/core'
import { randomSlug, reservedSlugs, slugFrom } from './slugs.ts'
import { ProblemError } from './problem.ts'
import type { ValidLinkRequest } from './link-request.ts'

/** A link as it is stored. It never changes: what does (clicks, the preview) is stored beside it. */
export interface LinkRecord {
  /** Of this link alone: a later link under the same slug has another. */
  readonly id: string
  readonly slug: string
  readonly url: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export interface LinkPage {
  readonly links: readonly LinkRecord[]
  readonly nextCursor: string | undefined
}

/** Where a link comes from that must come out the same however often it is made. */
export interface Seed {
  readonly id: string
  /** Bytes that spell its slug, if the client gives none. */
  readonly bytes: Uint8Array
  readonly createdAtMs: number
}

export interface LinkStore {
  /**
   * Creates a link, or finds the one that the same seed created before.
   *
   * @throws ProblemError slug-taken
   */
  create(request: ValidLinkRequest, seed?: Seed): Promise<LinkRecord>
  get(slug: string): Promise<LinkRecord | undefined>
  /** Links from the newest to the oldest. @throws MOORING_E_KV_CURSOR */
  page(limit: number, cursor: string | undefined): Promise<LinkPage>
  delete(link: LinkRecord): Promise<void>
  /** Takes a link off the pages. It stays known, and its slug taken. */
  unlist(link: LinkRecord): Promise<void>
}

const dayMs = 86_400_000

/** How long an expired link is still known, and its slug taken, so that its visitors are told. */
const rememberedMs = 30 * dayMs

/** How often a page is topped up before it is answered short. */
const mostRounds = 10

/**
 * Links in the store: `link/<slug>` holds the record, and `newest/<time, inverted>/<slug>` is an
 * index whose order of keys is newest first.
 *
 * @param defaultDays the life of a link whose creator names none
 */
export function createLinkStore(store: Kv, defaultDays: number): LinkStore {
  async function get(slug: string): Promise<LinkRecord | undefined> {
    const text = await store.get(recordKey(slug))
    return text === undefined ? undefined : (JSON.parse(text) as LinkRecord)
  }

  /** The record, or what is in its way. */
  async function add(record: LinkRecord): Promise<LinkRecord> {
    const existing = await get(record.slug)
    if (existing) return existing
    const options = { ttlMs: remainingMs(record) }
    // The index first: an entry without its record is passed over, a record without one is hidden.
    await store.put(indexKey(record), record.slug, options)
    if (await store.putIfAbsent(recordKey(record.slug), JSON.stringify(record), options)) {
      return record
    }
    const winner = await get(record.slug)
    if (!winner || indexKey(winner) !== indexKey(record)) await store.delete(indexKey(record))
    return winner ?? add(record)
  }

  return {
    get,
    async create({ url, slug, expiresInDays = defaultDays }, seed) {
      const createdAtMs = seed?.createdAtMs ?? Date.now()
      const id = seed?.id ?? crypto.randomUUID()
      const expiresAtMs = createdAtMs + Math.ceil(expiresInDays * dayMs)
      const candidates = slug === undefined ? generatedSlugs(seed?.bytes) : [slug]
      for (const candidate of candidates) {
        if (slug === undefined && reservedSlugs.has(candidate)) continue
        const added = await add({ id, slug: candidate, url, createdAtMs, expiresAtMs })
        if (added.id === id) return added
      }
      if (slug === undefined) throw new Error('no free slug was found')
      const errors = [{ field: 'slug', detail: 'Is taken: choose another.' }]
      const detail = `The slug ${JSON.stringify(slug)} belongs to another link.`
      throw new ProblemError('slug-taken', detail, { errors })
    },
    async page(limit, cursor) {
      const links: LinkRecord[] = []
      let next = cursor
      let rounds = 0
      // A page of keys may be short, or hold some whose link is gone.
      do {
        const options = { prefix: 'newest/', limit: limit - links.length }
        const page = await store.list(next === undefined ? options : { ...options, cursor: next })
        const records = await Promise.all(page.keys.map((key) => get(key.split('/')[2]!)))
        for (const [index, record] of records.entries()) {
          if (record && indexKey(record) === page.keys[index]) links.push(record)
        }
        next = page.cursor
      } while (next !== undefined && links.length < limit && ++rounds < mostRounds)
      return { links, nextCursor: next }
    },
    async delete(link) {
      await store.delete(recordKey(link.slug))
      await store.delete(indexKey(link))
    },
    unlist: (link) => store.delete(indexKey(link)),
  }
}

/** Milliseconds until nothing of the link is left. */
export function remainingMs(link: LinkRecord): number {
  return Math.max(1, link.expiresAtMs + rememberedMs - Date.now())
}

function recordKey(slug: string): string {
  return `link/${slug}`
}

function indexKey({ createdAtMs, slug }: LinkRecord): string {
  return `newest/${String(9_999_999_999_999 - createdAtMs).padStart(13, '0')}/${slug}`
}

/** Slugs to try in turn: random ones, or the few that a seed of 32 bytes spells. */
function* generatedSlugs(seed: Uint8Array | undefined): Generator<string> {
  for (let attempt = 0; attempt < 4; attempt++) {
    yield seed ? slugFrom(seed.subarray(attempt * 8)) : randomSlug()
  }
}
