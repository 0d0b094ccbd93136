import { MooringError } from '../errors.ts'
import type { ListOptions, PutOptions } from './kv-handle.ts'
import { badCursor, badOption, notANumber, overflow } from './kv-errors.ts'

export const longestKeyBytes = 512

/**
 * Half of a surrogate pair has no UTF-8: a store would give back another text than it was given.
 *
 * @throws MOORING_E_KV_KEY
 */
export function checkKey(key: string): void {
  const text = typeof key === 'string' && key.isWellFormed()
  const bytes = text ? new TextEncoder().encode(key).length : 0
  if (bytes >= 1 && bytes <= longestKeyBytes && key !== '.' && key !== '..') return
  throw new MooringError('MOORING_E_KV_KEY', {
    message: `The key ${JSON.stringify(String(key).slice(0, 80))} ${text ? `has ${bytes} bytes` : 'is not text'}.`,
    why: `A key is 1–${longestKeyBytes} bytes of UTF-8, and not "." or "..", on every store.`,
    fix: 'shorten it, or store under a hash of it.',
  })
}

const largestValueBytes = 25 * 1024 * 1024

/** @throws MOORING_E_KV_VALUE */
export function checkValue(key: string, value: string): void {
  const text = typeof value === 'string' && value.isWellFormed()
  // A UTF-16 unit is at most three bytes of UTF-8: most values need no encoding to be measured.
  if (text && value.length * 3 <= largestValueBytes) return
  if (text && new TextEncoder().encode(value).length <= largestValueBytes) return
  const fault = text ? 'over 25 MiB' : `a ${typeof value} that is not text`
  throw new MooringError('MOORING_E_KV_VALUE', {
    message: `The value for ${JSON.stringify(key)} is ${fault}.`,
    why: 'A value is a string of at most 25 MiB of UTF-8 on every store.',
    fix: 'store text, such as JSON, and larger things in an object store.',
  })
}

/** @throws MOORING_E_KV_OPTION */
export function checkTtl(options: PutOptions | undefined): number | undefined {
  const ttlMs = options?.ttlMs
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs >= 1 && ttlMs <= longestTtlMs)) {
    return ttlMs
  }
  throw badOption('ttlMs', ttlMs, 'a whole number of milliseconds, from 1 to 100 years')
}

/** Far beyond use, and far within what every store can add to the time of day. */
const longestTtlMs = 100 * 365 * 24 * 60 * 60 * 1000

/**
 * @returns the epoch milliseconds at which an entry put now is gone, or `undefined` for never
 * @throws MOORING_E_KV_OPTION
 */
export function expiryOf(options: PutOptions | undefined): number | undefined {
  const ttlMs = checkTtl(options)
  return ttlMs === undefined ? undefined : Date.now() + ttlMs
}

/** The options of `list` with their defaults. @throws MOORING_E_KV_OPTION, MOORING_E_KV_CURSOR */
export function listDefaults(options: ListOptions = {}): {
  prefix: string
  cursor: string | undefined
  limit: number
} {
  const { prefix = '', cursor, limit = 1000 } = options
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1000) {
    throw badOption('limit', limit, 'a whole number, 1–1000')
  }
  if (typeof prefix !== 'string' || !prefix.isWellFormed()) {
    throw badOption('prefix', prefix, 'text')
  }
  if (cursor !== undefined && (typeof cursor !== 'string' || cursor === '')) throw badCursor(cursor)
  return { prefix, cursor, limit }
}

/** The cursor of the drivers that resume after a key. */
export function cursorAfter(key: string): string {
  return `k${encodeURIComponent(key)}`
}

/** @throws MOORING_E_KV_CURSOR where `cursor` was not made by {@link cursorAfter} */
export function keyBefore(cursor: string): string {
  try {
    const key = decodeURIComponent(cursor.slice(1))
    checkKey(key)
    if (cursorAfter(key) === cursor) return key
  } catch {
    // Falls through: not a percent-encoding of ours.
  }
  throw badCursor(cursor)
}

/** @throws MOORING_E_KV_OPTION */
export function checkAmount(by: number): void {
  if (!Number.isSafeInteger(by)) throw badOption('by', by, 'a safe integer')
}

/**
 * What a counter becomes. One form for each number, so that every store agrees on what is one.
 *
 * @throws MOORING_E_KV_NOT_A_NUMBER, MOORING_E_KV_OVERFLOW
 */
export function addToCounter(key: string, value: string | undefined, by: number): number {
  if (value !== undefined && !/^(0|-?[1-9]\d*)$/.test(value)) throw notANumber(key)
  const counted = Number(value ?? '0')
  const sum = counted + by
  if (!Number.isSafeInteger(counted) || !Number.isSafeInteger(sum)) throw overflow(key)
  return sum
}
