/** How long an entry lives. */
export interface PutOptions {
  /** Milliseconds until the entry is gone, at least 1. @default for ever */
  readonly ttlMs?: number
}

export interface ListOptions {
  /** Only keys that start with this. @default every key */
  readonly prefix?: string
  /** The `cursor` of the page before. @default the first page */
  readonly cursor?: string
  /** Keys on a page at the most, 1–1000 (the most that Workers KV gives). @default 1000 */
  readonly limit?: number
}

/** Keys in the order of their UTF-8 bytes. A page may be short or even empty and not be the last. */
export interface ListPage {
  readonly keys: readonly string[]
  /** Present while there may be more keys. */
  readonly cursor?: string
}

/**
 * A key-value store of strings. Keys are 1–512 bytes of UTF-8 other than `.` and `..`, values at
 * most 25 MiB (the limits of Workers KV, kept by every driver).
 *
 * Every method throws MOORING_E_KV_UNREACHABLE where the store does not answer, and
 * MOORING_E_KV_KEY, MOORING_E_KV_VALUE, MOORING_E_KV_OPTION or MOORING_E_KV_CURSOR for an argument
 * that is outside these limits.
 */
export interface Kv {
  /**
   * Whether `putIfAbsent` is decided in one place. It is on every driver but Workers KV, which has
   * no conditional write and shows a write elsewhere only after up to 60 s.
   */
  readonly atomic: boolean
  get(key: string): Promise<string | undefined>
  put(key: string, value: string, options?: PutOptions): Promise<void>
  /** Stores only where the key is free. @returns whether it did */
  putIfAbsent(key: string, value: string, options?: PutOptions): Promise<boolean>
  /** A key that is not there is no error. */
  delete(key: string): Promise<void>
  list(options?: ListOptions): Promise<ListPage>
}

/** A store that can also count. */
export interface CountingKv extends Kv {
  /**
   * Adds to a whole number in one step. A key that is not there counts from 0; the life of one
   * that is there stays as it was put.
   *
   * @param by any safe integer. @default 1
   * @returns the new value
   * @throws MOORING_E_KV_NOT_A_NUMBER where the value is something else
   * @throws MOORING_E_KV_OVERFLOW where the sum is not a safe integer; the value stays
   */
  increment(key: string, by?: number): Promise<number>
}
