import type { CountingKv, Kv } from '@mooring/core'
import {
  checkAmount,
  checkKey,
  checkTtl,
  checkValue,
  cursorAfter,
  keyBefore,
  listDefaults,
  notANumber,
  type Opened,
  overflow,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { rangeOf, storeNameOf } from './kv-names.ts'
import { connectRedis, type RedisConnection } from './kv-redis-connection.ts'
import { deleteScript, incrementScript, listScript, putScript } from './kv-redis-scripts.ts'

/**
 * Opens the store that `redis://` or `rediss://` (TLS) names, in Redis 5 or later or what speaks
 * its protocol with Lua. Its keys start with `mooring:{<app>:<resource>}`, so that many stores may
 * share a database; what is in braces keeps them on one node of a cluster. A Redis that evicts
 * (`maxmemory-policy` other than `noeviction`) loses entries and may still list them.
 *
 * @throws MOORING_E_KV_UNREACHABLE where there is no such Redis, or it refuses
 */
export async function openRedisKv(at: UrlAttachment): Promise<Opened<CountingKv>> {
  const connection = await connectRedis(at)
  const handle = createRedisKv(connection, `mooring:{${storeNameOf(at)}}`)
  try {
    // The connection may stand and its user still have no right to this.
    await handle.list({ limit: 1 })
  } catch (error) {
    await connection.close()
    throw error
  }
  return { handle, check: () => connection.send(['PING']), close: () => connection.close() }
}

function createRedisKv(connection: RedisConnection, store: string): CountingKv {
  const index = [`${store}:keys`, `${store}:ends`]
  const valueOf = (key: string) => `${store}:value:${key}`

  /** Runs a script on the index and the value of `key`, which is its first argument. */
  const run = <Reply>(script: string, key: string, ...args: string[]) =>
    connection.send<Reply>(['EVAL', script, '3', ...index, valueOf(key), key, ...args])

  async function put(
    when: 'always' | 'absent',
    ...[key, value, options]: Parameters<Kv['put']>
  ): Promise<boolean> {
    checkKey(key)
    checkValue(key, value)
    const ttlMs = checkTtl(options)
    return (await run<number>(putScript, key, value, String(ttlMs ?? ''), when)) === 1
  }

  return {
    atomic: true,
    async get(key) {
      checkKey(key)
      return (await connection.send<string | null>(['GET', valueOf(key)])) ?? undefined
    },
    async put(...entry) {
      await put('always', ...entry)
    },
    putIfAbsent: (...entry) => put('absent', ...entry),
    async delete(key) {
      checkKey(key)
      await run(deleteScript, key)
    },
    async list(options) {
      const { prefix, cursor, limit } = listDefaults(options)
      const [from, to] = rangeOf(prefix, cursor === undefined ? undefined : keyBefore(cursor))
      const [first, last] = [
        Buffer.concat([Buffer.from('['), from]),
        Buffer.concat([Buffer.from('('), to]),
      ]
      const command = ['EVAL', listScript, '2', ...index, first, last, String(limit)]
      const [seen, ...keys] = await connection.send<string[]>(command)
      return seen ? { keys, cursor: cursorAfter(seen) } : { keys }
    },
    async increment(key, by = 1) {
      checkKey(key)
      checkAmount(by)
      const sum = await run<string>(incrementScript, key, String(by))
      if (sum === 'not a number') throw notANumber(key)
      if (sum === 'overflow') throw overflow(key)
      return Number(sum)
    },
  }
}
