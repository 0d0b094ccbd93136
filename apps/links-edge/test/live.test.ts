import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'

let server: TestHarness
let url: URL

beforeAll(async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const workers = ['links-edge', 'preview'].map((app) => ({ configPath: `${app}/wrangler.jsonc` }))
  server = createTestHarness({ root, workers })
  url = (await server.listen()).url
})
afterAll(() => server.close())

test('the feed of all clicks has each as it happens', async () => {
  for (const slug of ['left', 'right']) {
    const body = JSON.stringify({ url: 'https://example.com/', slug })
    const headers = { 'Content-Type': 'application/json' }
    await server.fetch('/api/links', { method: 'POST', headers, body })
  }
  const feed = new WebSocket(new URL('/api/live', url))
  const slugs: string[] = []
  feed.addEventListener('message', ({ data }) => void slugs.push(JSON.parse(data).slug))
  await once(feed, 'open')
  // The feed begins a moment after its handshake.
  await expect
    .poll(async () => {
      await server.fetch('/left', { redirect: 'manual' })
      return slugs.length
    })
    .toBeGreaterThan(0)
  await server.fetch('/right', { redirect: 'manual' })
  await expect.poll(() => slugs.at(-1)).toBe('right')
  const closed = once(feed, 'close')
  feed.close(1000)
  expect((await closed)[0]).toMatchObject({ code: 1000, wasClean: true })
  expect((await server.fetch('/api/live')).status).toBe(426)
})

test('the cron trigger takes expired links off the list', async () => {
  const create = (more: object) =>
    server.fetch('/api/links', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: 'https://example.com/', ...more }),
    })
  const listed = async () => {
    const { links } = (await (await server.fetch('/api/links')).json()) as {
      links: readonly { slug: string }[]
    }
    return links.map(({ slug }) => slug)
  }
  await create({ slug: 'stays' })
  await create({ slug: 'goes', expiresInDays: 1e-9 })
  expect(await listed()).toEqual(expect.arrayContaining(['goes', 'stays']))
  await server.getWorker('links').scheduled({ cron: '0 * * * *', scheduledTime: new Date() })
  expect(await listed()).toContain('stays')
  expect(await listed()).not.toContain('goes')
  expect((await server.fetch('/goes', { redirect: 'manual' })).status).toBe(410)
})
