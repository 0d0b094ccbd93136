import type { Kv } from './kv-handle.ts'
import { badCursor, storeFailed } from './kv-errors.ts'
import { checkKey, checkTtl, checkValue, listDefaults, longestKeyBytes } from './kv-limits.ts'
import type { BindingAttachment, Opened } from './resource.ts'
import { bindingFix, describeResource } from './resource-names.ts'

/** The part of a Workers KV namespace that is used, declared by its shape. */
interface Namespace {
  getWithMetadata(key: string): Promise<{ value: string | null; metadata: Metadata | null }>
  put(
    key: string,
    value: string,
    options?: { expirationTtl?: number; metadata?: Metadata },
  ): Promise<void>
  delete(key: string): Promise<void>
  list(options: { prefix?: string; cursor?: string; limit: number }): Promise<{
    keys: readonly { name: string; metadata?: Metadata }[]
    list_complete: boolean
    cursor?: string
  }>
}

/**
 * Workers KV keeps an entry for at least 60 s and counts in seconds. The life that was asked for is
 * kept to the millisecond by this mark, so that the store answers as every other one.
 */
interface Metadata {
  readonly expiresAtMs?: number
}

const shortestExpirySeconds = 60

/**
 * Begins every cursor: the local simulator takes any text for a cursor of its own, and only the
 * service itself refuses one.
 */
const cursorMark = 'kv.'

/** A {@link Kv} over a Workers KV namespace. */
export function openNamespace(at: BindingAttachment): Opened<Kv> | { refused: string } {
  const namespace = at.value as Namespace
  if (typeof namespace?.getWithMetadata !== 'function') {
    return {
      refused: `${describeResource('kv', at)} needs a KV namespace.\n${bindingFix('kv', at.binding)}`,
    }
  }

  const failed = (cause: unknown): never => {
    throw storeFailed(at, 'was refused by Workers KV', { why: String(cause), cause })
  }

  const kv: Kv = {
    atomic: false,
    async get(key) {
      checkKey(key)
      const { value, metadata } = await namespace.getWithMetadata(key).catch(failed)
      return value === null || isExpired(metadata) ? undefined : value
    },
    async put(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const ttlMs = checkTtl(options)
      const expiry = ttlMs !== undefined && {
        expirationTtl: Math.max(shortestExpirySeconds, Math.ceil(ttlMs / 1000)),
        metadata: { expiresAtMs: Date.now() + ttlMs },
      }
      await namespace.put(key, value, expiry || undefined).catch(failed)
    },
    async putIfAbsent(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      checkTtl(options)
      if ((await kv.get(key)) !== undefined) return false
      await kv.put(key, value, options)
      return true
    },
    async delete(key) {
      checkKey(key)
      await namespace.delete(key).catch(failed)
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      if (cursor !== undefined && !cursor.startsWith(cursorMark)) throw badCursor(cursor)
      // Workers KV refuses a prefix that is longer than any key.
      if (new TextEncoder().encode(prefix).length > longestKeyBytes) return { keys: [] }
      // The local simulator finds nothing by a prefix with a NUL in it.
      const asked = { prefix: prefix.split('\0', 1)[0]!, limit }
      const resume = cursor !== undefined && { cursor: cursor.slice(cursorMark.length) }
      const page = await namespace.list({ ...asked, ...resume }).catch((error: unknown) => {
        if (resume && /\b400\b/.test(String(error))) throw badCursor(cursor!, error)
        return failed(error)
      })
      const keys = page.keys
        .filter(({ name, metadata }) => name.startsWith(prefix) && !isExpired(metadata))
        .map(({ name }) => name)
      return page.list_complete || !page.cursor
        ? { keys }
        : { keys, cursor: cursorMark + page.cursor }
    },
  }
  return { handle: kv }
}

function isExpired(metadata: Metadata | null | undefined): boolean {
  return metadata?.expiresAtMs !== undefined && metadata.expiresAtMs <= Date.now()
}
