import type { CountingKv } from './kv-handle.ts'
import {
  addToCounter,
  checkAmount,
  checkKey,
  checkValue,
  cursorAfter,
  expiryOf,
  keyBefore,
  listDefaults,
} from './kv-limits.ts'

interface Entry {
  readonly value: string
  readonly expiresAtMs: number | undefined
}

/** A store in the memory of this process: gone with it, and seen by no other process. */
export function createMemoryKv(): CountingKv {
  const entries = new Map<string, Entry>()
  /** The keys in order, until one comes or goes: paging through them sorts once. */
  let sorted: string[] | undefined
  let sweepAtSize = 1000

  function live(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry?.expiresAtMs === undefined || entry.expiresAtMs > Date.now()) return entry
    remove(key)
    return undefined
  }

  function remove(key: string): void {
    if (entries.delete(key)) sorted = undefined
  }

  function set(key: string, entry: Entry): void {
    if (!entries.has(key)) sorted = undefined
    entries.set(key, entry)
    // Entries that nobody asks for again must go too. A sweep whenever the store has doubled costs
    // each put a constant share.
    if (entries.size < sweepAtSize) return
    for (const each of entries.keys()) live(each)
    sweepAtSize = Math.max(1000, 2 * entries.size)
  }

  return {
    atomic: true,
    async get(key) {
      checkKey(key)
      return live(key)?.value
    },
    async put(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      set(key, { value, expiresAtMs: expiryOf(options) })
    },
    async putIfAbsent(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const expiresAtMs = expiryOf(options)
      if (live(key)) return false
      set(key, { value, expiresAtMs })
      return true
    },
    async delete(key) {
      checkKey(key)
      remove(key)
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      const after = cursor === undefined ? undefined : keyBefore(cursor)
      sorted ??= [...entries.keys()].sort(compareUtf8)
      const keys: string[] = []
      for (const key of sorted) {
        if (!key.startsWith(prefix)) continue
        if (after !== undefined && compareUtf8(key, after) <= 0) continue
        if (!live(key)) continue
        if (keys.length === limit) return { keys, cursor: cursorAfter(keys.at(-1)!) }
        keys.push(key)
      }
      return { keys }
    },
    async increment(key, by = 1) {
      checkKey(key)
      checkAmount(by)
      const entry = live(key)
      const sum = addToCounter(key, entry?.value, by)
      set(key, { value: String(sum), expiresAtMs: entry?.expiresAtMs })
      return sum
    },
  }
}

/** UTF-8 bytes sort as code points do; JavaScript's own order is by UTF-16 unit. */
function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!
  }
  return a.length - b.length
}
