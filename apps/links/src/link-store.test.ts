import { createMemoryKv } from '@mooring/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLinkStore, type Seed } from './link-store.ts'
import { slugPattern } from './slugs.ts'

const dayMs = 86_400_000
const url = 'https://example.com/'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const seed = (): Seed => ({
  id: 'seeded',
  bytes: new Uint8Array(32).map((_, index) => index),
  createdAtMs: Date.now(),
})

test('makes slugs that nobody chose', async () => {
  const links = createLinkStore(createMemoryKv(), 30)
  const slugs = new Set<string>()
  for (let i = 0; i < 100; i++) slugs.add((await links.create({ url })).slug)
  expect(slugs.size).toBe(100)
  for (const slug of slugs) expect(slug).toMatch(slugPattern)
})

test('keeps an expired link known, and its slug taken, for 30 days more', async () => {
  const links = createLinkStore(createMemoryKv(), 10)
  const link = await links.create({ url, slug: 'a' })
  expect(link.expiresAtMs).toBe(link.createdAtMs + 10 * dayMs)
  vi.advanceTimersByTime(40 * dayMs - 1)
  expect(await links.get('a')).toEqual(link)
  await expect(links.create({ url, slug: 'a' })).rejects.toMatchObject({ kind: 'slug-taken' })
  vi.advanceTimersByTime(1)
  expect(await links.get('a')).toBeUndefined()
  expect((await links.page(10, undefined)).links).toEqual([])
  await links.create({ url, slug: 'a' })
})

test('lists from the newest to the oldest, page by page', async () => {
  const links = createLinkStore(createMemoryKv(), 30)
  for (let i = 0; i < 5; i++) {
    await links.create({ url, slug: `link-${i}` })
    vi.advanceTimersByTime(1)
  }
  const slugs: string[][] = []
  let cursor: string | undefined
  do {
    const page = await links.page(2, cursor)
    slugs.push(page.links.map((link) => link.slug))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  expect(slugs).toEqual([['link-4', 'link-3'], ['link-2', 'link-1'], ['link-0']])
})

test('fills a page up where entries of the index have no link', async () => {
  const store = createMemoryKv()
  const links = createLinkStore(store, 30)
  for (let i = 0; i < 5; i++) {
    await links.create({ url, slug: `link-${i}` })
    vi.advanceTimersByTime(1)
  }
  await store.delete('link/link-4')
  await store.delete('link/link-2')
  const page = await links.page(2, undefined)
  expect(page.links.map((link) => link.slug)).toEqual(['link-3', 'link-1'])
})

test('shows only the later one of two links that had one slug', async () => {
  const store = createMemoryKv()
  const links = createLinkStore(store, 30)
  const first = await links.create({ url, slug: 'a' })
  await store.delete('link/a')
  vi.advanceTimersByTime(1)
  const second = await links.create({ url, slug: 'a' })
  expect((await links.page(10, undefined)).links).toEqual([second])
  expect(second.id).not.toBe(first.id)
})

test('the same seed makes the same link, however often', async () => {
  const links = createLinkStore(createMemoryKv(), 30)
  const once = seed()
  const first = await links.create({ url }, once)
  vi.advanceTimersByTime(1000)
  expect(await links.create({ url }, { ...once, createdAtMs: Date.now() })).toEqual(first)
  expect((await links.page(10, undefined)).links).toEqual([first])
})

test('the same seed at the same time makes one link, and it is listed', async () => {
  const links = createLinkStore(createMemoryKv(), 30)
  const [first, second] = await Promise.all([
    links.create({ url }, seed()),
    links.create({ url }, seed()),
  ])
  expect(second).toEqual(first)
  expect((await links.page(10, undefined)).links).toEqual([first])
})

test('a seed whose slug somebody has goes on to its next', async () => {
  const links = createLinkStore(createMemoryKv(), 30)
  const { slug } = await createLinkStore(createMemoryKv(), 30).create({ url }, seed())
  await links.create({ url, slug })
  const link = await links.create({ url }, seed())
  expect(link.slug).not.toBe(slug)
})

test('of two that want one slug at the same time, one gets it', async () => {
  const store = createMemoryKv()
  const links = createLinkStore(store, 30)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, (_, i) =>
      links.create({ url: `https://example.com/${i}`, slug: 'a' }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await links.page(10, undefined)).links).toEqual([await links.get('a')])
})

test('deletes the record and its place in the list', async () => {
  const store = createMemoryKv()
  const links = createLinkStore(store, 30)
  const link = await links.create({ url })
  await links.delete(link)
  expect(await store.list()).toEqual({ keys: [] })
})
