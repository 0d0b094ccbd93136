import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentNames, type UrlAttachment } from '@mooring/core/adapter'
import { openKv } from '../../port-bound/src/kv/kv-open.ts'
import { openQueue } from '../../port-bound/src/queues/queue-open.ts'
import { openTopic } from '../../port-bound/src/topics/topic-open.ts'

/** The Node that runs the programs under test; CI runs the tests once for each version. */
export const node: string = process.env['NODE_UNDER_TEST'] ?? process.execPath

/** What the adapter makes of `STORE_URL=<text>` for the resource `store` of the app `links`. */
export function attachmentOf(text: string, app = 'links', resource = 'store'): UrlAttachment {
  const names = environmentNames(resource)
  const open = { openKv, openTopic, openQueue: openQueue({}) }
  return { via: 'url', app, resource, ...names, url: new URL(text), text, ...open }
}

/** A new folder for the files of a test. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'mooring-kv-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** The error that `work` rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It was expected to fail with an error.')
}
