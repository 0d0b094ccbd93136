import { openNamespace } from './kv-namespace.ts'
import { openUrl } from './open-url.ts'
import { describeResource, type Resource } from './resource.ts'

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

export interface KvOptions {
  /**
   * Asks for `increment`. Workers KV cannot give it (its writes are last-one-wins, at most one a
   * second on a key), so an app that asks is refused there. @default false
   */
  readonly counting?: boolean
  /** Whether the app runs without it. @default false */
  readonly optional?: boolean
}

type KvFor<Options extends KvOptions> =
  | (Options['counting'] extends true ? CountingKv : Kv)
  | (Options['optional'] extends true ? undefined : never)

/**
 * Declares a key-value store. Port-bound, `store` is attached by
 * `STORE_URL=memory: | file:… | redis://… | rediss://…`; injected, by the KV namespace `STORE`.
 *
 * @example
 * defineApp({ resources: { store: kv() }, setup: ({ resources }) => … resources.store.get('a') })
 */
export function kv<const Options extends KvOptions = {}>(
  options?: Options,
): Resource<KvFor<Options>> {
  return {
    kind: 'kv',
    optional: options?.optional ?? false,
    attach: async (at) => {
      if (at.via === 'url') return (await openUrl(() => at.openKv(at))) as Opening<KvFor<Options>>
      if (options?.counting) {
        const why = 'cannot have increment, which the app asks for: Workers KV has no atomic write'
        return { refused: `${describeResource('kv', at)} ${why}.` }
      }
      return openNamespace(at) as Opening<KvFor<Options>>
    },
  }
}

type Opening<Handle> = Awaited<ReturnType<Resource<Handle>['attach']>>
