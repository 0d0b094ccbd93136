import type { Kv } from './kv.ts'
import { badCursor, checkKey, checkValue, expiryOf, listDefaults } from './kv-limits.ts'
import type { BindingAttachment, Opened } from './resource.ts'

/** The part of a Workers KV namespace that is used, declared by its shape. */
interface Namespace {
  getWithMetadata(key: string): Promise<{ value: string | null; metadata: Metadata | null }>
  put(
    key: string,
    value: string,
    options?: { expiration?: number; metadata?: Metadata },
  ): Promise<void>
  delete(key: string): Promise<void>
  list(options: { prefix?: string; cursor?: string; limit: number }): Promise<{
    keys: readonly { name: string; metadata?: Metadata }[]
    list_complete: boolean
    cursor?: string
  }>
}

/**
 * Workers KV keeps an entry for at least 60 s. A shorter life is kept to the millisecond by its own
 * mark, so that the store answers as every other one.
 */
interface Metadata {
  readonly expiresAtMs?: number
}

const shortestExpirySeconds = 60

/** A {@link Kv} over a Workers KV namespace. */
export function openNamespace(at: BindingAttachment): Opened<Kv> | { refused: string } {
  const namespace = at.value as Namespace
  if (typeof namespace?.getWithMetadata !== 'function') return { refused: 'a KV namespace' }
  const kv: Kv = {
    atomic: false,
    async get(key) {
      checkKey(key)
      const { value, metadata } = await namespace.getWithMetadata(key)
      return value === null || isExpired(metadata) ? undefined : value
    },
    async put(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const expiresAtMs = expiryOf(options)
      if (expiresAtMs === undefined) return namespace.put(key, value)
      const expiration = Math.max(
        Math.ceil(expiresAtMs / 1000),
        Math.ceil(Date.now() / 1000) + shortestExpirySeconds,
      )
      await namespace.put(key, value, { expiration, metadata: { expiresAtMs } })
    },
    async putIfAbsent(key, value, options) {
      if ((await kv.get(key)) !== undefined) return false
      await kv.put(key, value, options)
      return true
    },
    async delete(key) {
      checkKey(key)
      await namespace.delete(key)
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      const page = await namespace
        .list({ prefix, limit, ...(cursor !== undefined && { cursor }) })
        .catch((error: unknown) => {
          throw cursor === undefined ? error : badCursor(cursor, error)
        })
      const keys = page.keys.filter((key) => !isExpired(key.metadata)).map((key) => key.name)
      return page.list_complete || !page.cursor ? { keys } : { keys, cursor: page.cursor }
    },
  }
  return { handle: kv }
}

function isExpired(metadata: Metadata | null | undefined): boolean {
  return metadata?.expiresAtMs !== undefined && metadata.expiresAtMs <= Date.now()
}
