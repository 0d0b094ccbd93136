import type { Kv } from '@mooring/core'
import { createMemoryKv, type Opened, storeFailed, type UrlAttachment } from '@mooring/core/adapter'
import { openFileKv } from './kv-file.ts'
import { openRedisKv } from './kv-redis.ts'

/**
 * Opens the store that a URL names.
 *
 * @throws MOORING_E_KV_UNREACHABLE where no driver has the URL's scheme, or the store cannot be had
 */
export async function openKv(at: UrlAttachment): Promise<Opened<Kv>> {
  switch (at.url.protocol) {
    case 'memory:':
      return { handle: createMemoryKv() }
    case 'file:':
      return openFileKv(at)
    case 'redis:':
    case 'rediss:':
      return openRedisKv(at)
    default:
      throw storeFailed(at, `has no driver for ${at.url.protocol}`, {
        fix: `set ${at.variable} to one of memory:, file:<path>, redis://<host> or rediss://<host>.`,
      })
  }
}
