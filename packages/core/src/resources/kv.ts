import { openNamespace } from './kv-namespace.ts'
import { openUrl } from './open-url.ts'
import type { Resource } from './resource.ts'
import { describeResource } from './resource-names.ts'
import type { Kv, CountingKv } from './kv-handle.ts'

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
