import {
  createMemoryQueue,
  queueFailed,
  type QueueStore,
  type UrlAttachment,
} from '@mooring/core/adapter'
import { openFileQueue } from './queue-file.ts'
import { openRedisQueue } from './queue-redis.ts'
import { badSetting, readDuration } from '../settings.ts'

/**
 * Opens the queue that a URL names.
 *
 * @throws MOORING_E_QUEUE_UNREACHABLE where no driver has the URL's scheme, or it cannot be had
 */
export function openQueue(env: NodeJS.ProcessEnv): (at: UrlAttachment) => Promise<QueueStore> {
  return async (at) => {
    switch (at.url.protocol) {
      case 'memory:':
        return createMemoryQueue(at.resource)
      case 'file:':
        return openFileQueue(at, readLease(env))
      case 'redis:':
      case 'rediss:':
        return openRedisQueue(at, readLease(env))
      default:
        throw queueFailed(at, `has no driver for ${at.url.protocol}`, {
          fix: `set ${at.variable} to one of file:<path>, redis://<host> or rediss://<host>.`,
        })
    }
  }
}

/** How long a process may be silent before its messages go to another. @throws MOORING_E_SETTING */
function readLease(env: NodeJS.ProcessEnv): number {
  const leaseMs = readDuration(env, 'QUEUE_LEASE', 30_000)
  if (leaseMs >= 1_000) return leaseMs
  throw badSetting('QUEUE_LEASE', env['QUEUE_LEASE'], 'at least 1s')
}
