import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { fallbackSuite } from '../../core/test/static/fallback-suite.ts'
import { writeStaticFolder } from '../../core/test/static/folder.ts'
import { ask, staticSuite } from '../../core/test/static/suite.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('static files, as assets on workerd', () => {
  let server: TestHarness
  let port: number
  let folder: Awaited<ReturnType<typeof writeStaticFolder>>
  beforeAll(async () => {
    folder = await writeStaticFolder()
    const config = {
      name: 'static',
      main: 'static/worker.ts',
      compatibility_date: '2026-11-01',
      assets: { directory: path.join(folder.path, 'public') },
    }
    server = createTestHarness({ root, workers: [{ config }] })
    port = Number((await server.listen()).url.port)
  })
  afterAll(async () => {
    await server.close()
    await folder.remove()
  })

  staticSuite(() => port)

  // What docs/injected.md says of them: no code of ours is asked.
  test('knows no ranges, no lists of tags and no If-Match, and says no Allow', async () => {
    const { headers } = await ask(port, 'GET /digits.txt')
    const etag = headers.get('etag')!
    expect(headers.get('accept-ranges')).toBe(null)
    for (const asked of [
      { Range: 'bytes=2-4' },
      { Range: 'bytes=99-' },
      { 'If-None-Match': `"x", ${etag}` },
      { 'If-None-Match': '*' },
      { 'If-Match': '"x"' },
    ]) {
      const answer = await ask(port, 'GET /digits.txt', asked as Record<string, string>)
      expect(answer).toMatchObject({ status: 200, body: '0123456789' })
    }
    expect((await ask(port, 'DELETE /digits.txt')).headers.get('allow')).toBe(null)
  })
})

describe('static files with a fallback, on workerd', () => {
  let server: TestHarness
  let port: number
  let folder: Awaited<ReturnType<typeof writeStaticFolder>>
  beforeAll(async () => {
    folder = await writeStaticFolder()
    const directory = path.join(folder.path, 'public')
    const config = {
      name: 'static',
      main: 'static/worker.ts',
      compatibility_date: '2026-11-01',
      assets: { directory, not_found_handling: 'single-page-application' as const },
    }
    server = createTestHarness({ root, workers: [{ config }] })
    port = Number((await server.listen()).url.port)
  })
  afterAll(async () => {
    await server.close()
    await folder.remove()
  })

  fallbackSuite(() => port)
})
