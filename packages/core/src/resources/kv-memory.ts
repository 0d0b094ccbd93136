import type { CountingKv } from './kv.ts'
import {
  checkAmount,
  checkKey,
  checkValue,
  cursorAfter,
  expiryOf,
  keyBefore,
  listDefaults,
  notANumber,
} from './kv-limits.ts'

interface Entry {
  readonly value: string
  readonly expiresAtMs: number | undefined
}

/** A store in the memory of this process: gone with it, and seen by no other process. */
export function createMemoryKv(): CountingKv {
  const entries = new Map<string, Entry>()

  function live(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry?.expiresAtMs === undefined || entry.expiresAtMs > Date.now()) return entry
    entries.delete(key)
    return undefined
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
      entries.set(key, { value, expiresAtMs: expiryOf(options) })
    },
    async putIfAbsent(key, value, options) {
      checkKey(key)
      checkValue(key, value)
      const expiresAtMs = expiryOf(options)
      if (live(key)) return false
      entries.set(key, { value, expiresAtMs })
      return true
    },
    async delete(key) {
      checkKey(key)
      entries.delete(key)
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      const after = cursor === undefined ? undefined : keyBefore(cursor)
      const keys = [...entries.keys()]
        .filter((key) => key.startsWith(prefix) && live(key))
        .filter((key) => after === undefined || compareUtf8(key, after) > 0)
        .sort(compareUtf8)
      const page = keys.slice(0, limit)
      return keys.length > limit
        ? { keys: page, cursor: cursorAfter(page.at(-1)!) }
        : { keys: page }
    },
    async increment(key, by = 1) {
      checkKey(key)
      checkAmount(by)
      const entry = live(key)
      const sum = Number(entry?.value ?? '0') + by
      if (entry && !/^-?\d+$/.test(entry.value)) throw notANumber(key)
      entries.set(key, { value: String(sum), expiresAtMs: entry?.expiresAtMs })
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
