import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { defineApp, formatError, kv, type MooringError } from '@mooring/core'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { findByUrl } from '../../port-bound/src/environment.ts'
import { openKv } from '../../port-bound/src/kv/kv-open.ts'
import { attachmentOf, errorOf, node } from './kv-attachment.ts'
import { freePort } from './kv-redis-server.ts'

const adapter = {
  name: 'test',
  write: () => {},
  drainSignal: new AbortController().signal,
  clientAddress: () => undefined,
}

describe('a store by its URL', () => {
  test('is in memory for memory:', async () => {
    const { handle } = await openKv(attachmentOf('memory:'))
    await handle.put('key', 'value')
    expect(await handle.get('key')).toBe('value')
  })

  test('is refused where no driver has its scheme', async () => {
    const error = await errorOf(openKv(attachmentOf('postgres://user:s3cret@db/links')))
    expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    const text = formatError(error as MooringError)
    expect(text).toContain('The kv resource "store" (STORE_URL port-bound, binding STORE injected)')
    for (const scheme of ['postgres:', 'memory:', 'file:', 'redis:', 'rediss:']) {
      expect(text).toContain(scheme)
    }
    expect(text).not.toContain('s3cret')
  })
})

test('every store that cannot be had is in the one error of a start', async () => {
  const port = await freePort()
  const env = {
    LINKS_URL: `redis://:s3cret@127.0.0.1:${port}`,
    CLICKS_URL: 'file:/dev/null/store.sqlite',
    SESSIONS_URL: 'mongodb://127.0.0.1',
    CACHE_URL: 'memory:',
  }
  const app = defineApp({
    name: 'links',
    resources: { links: kv(), clicks: kv({ counting: true }), sessions: kv(), cache: kv() },
    setup: () => new Hono(),
  })
  const error = await errorOf(app.boot({ adapter, env, find: findByUrl(env, false) }))
  expect(error).toMatchObject({ code: 'MOORING_E_CONFIG' })
  const text = formatError(error as MooringError)
  expect(text).toContain('3 problems')
  for (const part of [
    'LINKS_URL',
    'binding LINKS',
    `127.0.0.1:${port}`,
    'ECONNREFUSED',
    'CLICKS_URL',
    'binding CLICKS',
    '/dev/null/store.sqlite',
    'SESSIONS_URL',
    'mongodb:',
  ]) {
    expect(text).toContain(part)
  }
  // One list, and one fix at its end.
  expect(text.match(/^.*fix:.*$/gim)).toEqual([expect.stringMatching(/^  Fix: set each of them/)])
  expect(text).toMatch(
    /^  SESSIONS_URL \(mongodb:.*\): The kv resource "sessions".*\n    Set SESSIONS_URL/m,
  )
  expect(text).not.toContain('CACHE_URL')
  expect(text).not.toContain('s3cret')
})

test('an app on another store never loads the Redis client', async () => {
  const program = `
    import { createRequire } from 'node:module'
    import { openKv } from ${JSON.stringify(new URL('../../port-bound/src/kv/kv-open.ts', import.meta.url))}
    import { attachmentOf } from ${JSON.stringify(new URL('./kv-attachment.ts', import.meta.url))}
    for (const url of process.argv.slice(1)) await openKv(attachmentOf(url)).catch(() => {})
    const { cache } = createRequire(import.meta.url)
    const loaded = Object.keys(cache).some((path) => path.includes('/@redis/client/'))
    process.stdout.write(String(loaded))
    process.exit()
  `
  const run = (url: string) =>
    promisify(execFile)(node, ['--input-type=module', '--eval', program, url])
  expect((await run('memory:')).stdout).toBe('false')
  expect((await run(`redis://127.0.0.1:${await freePort()}`)).stdout).toBe('true')
})
