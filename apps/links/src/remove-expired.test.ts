import { createMemoryKv } from '@mooring/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createClicks } from './clicks.ts'
import { createPreviews } from './link-preview.ts'
import { createLinkStore } from './link-store.ts'
import { removeExpired } from './remove-expired.ts'

const dayMs = 86_400_000
const url = 'https://example.com/'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function arrange() {
  const store = createMemoryKv()
  const links = createLinkStore(store, 30)
  const clicks = createClicks(store)
  const previews = createPreviews(store, undefined)
  const run = (signal = new AbortController().signal) =>
    removeExpired({ store, links, clicks, previews, signal })
  return { store, links, clicks, run }
}

test('an expired link is off the list, with its clicks, and is still known', async () => {
  const { store, links, clicks, run } = arrange()
  const short = await links.create({ url, slug: 'short', expiresInDays: 1 })
  const long = await links.create({ url, slug: 'long' })
  for (const link of [short, long]) await clicks.add(link, Date.now())
  expect(await run()).toBe(0)
  vi.advanceTimersByTime(2 * dayMs)
  expect(await run()).toBe(1)
  expect((await links.page(10, undefined)).links).toEqual([long])
  expect(await links.get('short')).toEqual(short)
  expect((await clicks.snapshot(short)).count).toBe(0)
  expect((await clicks.snapshot(long)).count).toBe(1)
  const { keys } = await store.list()
  expect(keys.filter((key) => key.includes(short.id))).toEqual([])
  expect(await run()).toBe(0)
})

test('a run looks at a hundred, the next goes on, and then it begins again', async () => {
  const { links, run } = arrange()
  for (let i = 0; i < 150; i++) {
    await links.create({ url, slug: `link-${i}`, expiresInDays: 1 })
    vi.advanceTimersByTime(1)
  }
  vi.advanceTimersByTime(2 * dayMs)
  expect([await run(), await run(), await run()]).toEqual([100, 50, 0])
  await links.create({ url, slug: 'another', expiresInDays: 1 })
  vi.advanceTimersByTime(2 * dayMs)
  expect(await run()).toBe(1)
})

test('one that is told to end does', async () => {
  const { links, run } = arrange()
  await links.create({ url, expiresInDays: 1 })
  vi.advanceTimersByTime(2 * dayMs)
  expect(await run(AbortSignal.abort())).toBe(0)
  expect(await run()).toBe(1)
})
