import type { Kv } from '@mooring/core'
import { createMemoryKv, type Opened, type UrlAttachment } from '@mooring/core/adapter'

export async function openKv(_at: UrlAttachment): Promise<Opened<Kv>> {
  return { handle: createMemoryKv() }
}
