import { MooringError } from '../errors.ts'
import type { ListOptions, PutOptions } from './kv.ts'

/** @throws MOORING_E_KV_KEY */
export function checkKey(key: string): void {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key).length : 0
  if (bytes >= 1 && bytes <= 512 && key !== '.' && key !== '..') return
  throw new MooringError('MOORING_E_KV_KEY', {
    message: `The key ${JSON.stringify(String(key).slice(0, 80))} has ${bytes} bytes.`,
    why: 'A key is 1–512 bytes of UTF-8, and not "." or "..", on every store.',
    fix: 'shorten it, or store under a hash of it.',
  })
}

const largestValueBytes = 25 * 1024 * 1024

/** @throws MOORING_E_KV_VALUE */
export function checkValue(key: string, value: string): void {
  const text = typeof value === 'string'
  // A UTF-16 unit is at most three bytes of UTF-8: most values need no encoding to be measured.
  if (text && value.length * 3 <= largestValueBytes) return
  if (text && new TextEncoder().encode(value).length <= largestValueBytes) return
  throw new MooringError('MOORING_E_KV_VALUE', {
    message: `The value for ${JSON.stringify(key)} is ${text ? 'over 25 MiB' : `a ${typeof value}`}.`,
    why: 'A value is a string of at most 25 MiB on every store.',
    fix: 'store text, such as JSON, and larger things in an object store.',
  })
}

/**
 * @returns the epoch milliseconds at which an entry put now is gone, or `undefined` for never
 * @throws MOORING_E_KV_OPTION
 */
export function expiryOf(options: PutOptions | undefined): number | undefined {
  const ttlMs = options?.ttlMs
  if (ttlMs === undefined) return undefined
  if (Number.isSafeInteger(ttlMs) && ttlMs >= 1) return Date.now() + ttlMs
  throw badOption('ttlMs', ttlMs, 'a whole number of milliseconds, at least 1')
}

/** The options of `list` with their defaults. @throws MOORING_E_KV_OPTION */
export function listDefaults(options: ListOptions = {}): {
  prefix: string
  cursor: string | undefined
  limit: number
} {
  const { prefix = '', cursor, limit = 1000 } = options
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= 1000) return { prefix, cursor, limit }
  throw badOption('limit', limit, 'a whole number, 1–1000')
}

/** @throws MOORING_E_KV_OPTION */
export function checkAmount(by: number): void {
  if (!Number.isSafeInteger(by)) throw badOption('by', by, 'a safe integer')
}

function badOption(name: string, value: unknown, expected: string): MooringError {
  return new MooringError('MOORING_E_KV_OPTION', {
    message: `${name} is ${String(value)}.`,
    why: `Expected ${expected}.`,
  })
}

/** The cursor of the drivers that resume after a key. */
export function cursorAfter(key: string): string {
  return `k${encodeURIComponent(key)}`
}

/** @throws MOORING_E_KV_CURSOR where `cursor` was not made by {@link cursorAfter} */
export function keyBefore(cursor: string): string {
  try {
    if (cursor.startsWith('k') && cursor.length > 1) return decodeURIComponent(cursor.slice(1))
  } catch {
    // Falls through: not a percent-encoding of ours.
  }
  throw badCursor(cursor)
}

export function badCursor(cursor: string, cause?: unknown): MooringError {
  return new MooringError('MOORING_E_KV_CURSOR', {
    message: `The cursor ${JSON.stringify(cursor.slice(0, 80))} was not made by this store.`,
    fix: 'start without a cursor.',
    cause,
  })
}

export function notANumber(key: string): MooringError {
  return new MooringError('MOORING_E_KV_NOT_A_NUMBER', {
    message: `The value of ${JSON.stringify(key)} is not a whole number.`,
    fix: 'increment only keys that hold a counter.',
  })
}
