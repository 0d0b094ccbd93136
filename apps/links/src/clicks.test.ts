import { createMemoryKv } from '@mooring/core/adapter'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClicks } from './clicks.ts'
import { timeOf } from './click-id.ts'
import type { LinkRecord } from './link-store.ts'

const startMs = Date.UTC(2026, 10, 21)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

const link: LinkRecord = {
  id: 'id',
  slug: 'a',
  url: 'https://example.com/',
  createdAtMs: startMs,
  expiresAtMs: startMs + 30 * dayMs,
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: startMs })
})
afterEach(() => {
  vi.useRealTimers()
})

test('counts every click, also those of one millisecond', async () => {
  const clicks = createClicks(createMemoryKv())
  await Promise.all(Array.from({ length: 50 }, () => clicks.add(link, startMs)))
  expect(await clicks.snapshot(link)).toMatchObject({ count: 50, foldable: false })
})

test('counts past one page of keys', async () => {
  const store = createMemoryKv()
  const clicks = createClicks({
    ...store,
    list: (options) => store.list({ ...options, limit: 10 }),
  })
  for (let i = 0; i < 35; i++) await clicks.add(link, startMs + i)
  const { count, recent } = await clicks.snapshot(link)
  expect(count).toBe(35)
  expect(recent.map(timeOf)).toEqual(Array.from({ length: 35 }, (_, i) => startMs + i))
})

test('counts for each link alone', async () => {
  const clicks = createClicks(createMemoryKv())
  await clicks.add(link, startMs)
  expect(await clicks.snapshot({ ...link, id: 'id2' })).toMatchObject({ count: 0 })
})

test('finds the clicks of a span of time, its ends included, in order', async () => {
  const clicks = createClicks(createMemoryKv())
  const times = [-1, 0, 1, 99_999, 100_000, 150_000, 150_001].map((ms) => startMs + ms)
  for (const ms of times.toReversed()) await clicks.add(link, ms)
  const found = await clicks.between(link, startMs, startMs + 150_000)
  expect(found.map(timeOf)).toEqual(times.slice(1, -1))
})

test('looks for a short span in one or two places only', async () => {
  const store = createMemoryKv()
  const list = vi.spyOn(store, 'list')
  await createClicks(store).between(link, startMs, startMs + 100_000)
  expect(list.mock.calls.length).toBeLessThanOrEqual(2)
})

test('forgets the clicks when the link is forgotten', async () => {
  const clicks = createClicks(createMemoryKv())
  await clicks.add(link, startMs)
  vi.setSystemTime(link.expiresAtMs + 30 * dayMs)
  expect(await clicks.snapshot(link)).toMatchObject({ count: 0 })
})

test('deletes all that it has of a link', async () => {
  const store = createMemoryKv()
  const clicks = createClicks(store)
  for (let i = 0; i < 600; i++) await clicks.add(link, startMs + i)
  vi.setSystemTime(startMs + 2 * hourMs)
  await clicks.fold(link)
  await clicks.deleteAll(link)
  expect(await store.list()).toEqual({ keys: [] })
})

describe('a long log', () => {
  const manyClicks = async () => {
    const store = createMemoryKv()
    const clicks = createClicks(store)
    for (let i = 0; i < 600; i++) await clicks.add(link, startMs + i)
    const keys = async () => (await store.list({ prefix: 'click/' })).keys.length
    return { clicks, keys }
  }

  test('is not summed up before its clicks have settled', async () => {
    const { clicks, keys } = await manyClicks()
    vi.setSystemTime(startMs + hourMs / 2)
    expect(await clicks.snapshot(link)).toMatchObject({ count: 600, foldable: false })
    await clicks.fold(link)
    expect(await keys()).toBe(600)
  })

  test('is summed up, then shortened an hour later, and its count stays right', async () => {
    const { clicks, keys } = await manyClicks()
    vi.setSystemTime(startMs + 2 * hourMs)
    await clicks.add(link, Date.now())
    expect(await clicks.snapshot(link)).toMatchObject({ count: 601, foldable: true })

    await clicks.fold(link)
    const summed = await clicks.snapshot(link)
    expect(summed).toMatchObject({ count: 601, foldable: false })
    expect(summed.recent).toHaveLength(1)
    expect(await keys()).toBe(601)

    vi.setSystemTime(startMs + 4 * hourMs)
    for (const left of [101, 1]) {
      expect((await clicks.snapshot(link)).foldable).toBe(true)
      await clicks.fold(link)
      expect(await keys()).toBe(left)
      expect(await clicks.snapshot(link)).toMatchObject({ count: 601 })
    }
    expect(await clicks.snapshot(link)).toMatchObject({ count: 601, foldable: false })
  })

  test('is summed up again and again', async () => {
    const { clicks, keys } = await manyClicks()
    vi.setSystemTime(startMs + 2 * hourMs)
    await clicks.fold(link)
    const laterMs = startMs + 5 * hourMs
    vi.setSystemTime(laterMs)
    await clicks.fold(link)
    await clicks.fold(link)
    for (let i = 0; i < 500; i++) await clicks.add(link, laterMs + i)
    vi.setSystemTime(laterMs + 2 * hourMs)
    await clicks.fold(link)
    expect(await clicks.snapshot(link)).toMatchObject({ count: 1100, recent: [] })
    vi.setSystemTime(laterMs + 4 * hourMs)
    await clicks.fold(link)
    expect(await clicks.snapshot(link)).toMatchObject({ count: 1100, foldable: false })
    expect(await keys()).toBe(0)
  })

  test('may be folded by many at once', async () => {
    const { clicks } = await manyClicks()
    for (const hours of [2, 4, 6, 8]) {
      vi.setSystemTime(startMs + hours * hourMs)
      const [snapshot] = await Promise.all([
        clicks.snapshot(link),
        clicks.fold(link),
        clicks.fold(link),
        clicks.fold(link),
      ])
      expect(snapshot.count).toBe(600)
      expect(await clicks.snapshot(link)).toMatchObject({ count: 600 })
    }
  })
})
