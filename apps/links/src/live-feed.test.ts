import type { Kv } from '@mooring/core'
import { createMemoryKv, createMemoryTopic } from '@mooring/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Clicks, createClicks } from './clicks.ts'
import type { LinkRecord } from './link-store.ts'
import { liveFeed } from './live-feed.ts'

const startMs = Date.UTC(2026, 10, 21)

const link: LinkRecord = {
  id: 'id',
  slug: 'a',
  url: 'https://example.com/',
  createdAtMs: startMs,
  expiresAtMs: startMs + 86_400_000,
}

let store: Kv
let clicks: Clicks
let stop: AbortController

beforeEach(() => {
  vi.useFakeTimers({ now: startMs + 3_600_000 })
  store = createMemoryKv()
  clicks = createClicks(store)
  stop = new AbortController()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Sent {
  readonly event: string
  readonly id: string
  readonly clicks: number
  readonly at?: string
}

async function openFeed(lastEventId?: string, exists = async () => true) {
  const snapshot = await clicks.snapshot(link)
  const feed = liveFeed({ clicks, link, snapshot, lastEventId, signal: stop.signal, exists })
  return {
    /** The next text, while time passes as fast as it can. */
    async next(): Promise<string | undefined> {
      let result: IteratorResult<string, void> | undefined
      void feed.next().then((next) => (result = next))
      while (result === undefined) await vi.advanceTimersByTimeAsync(100)
      return result.value ?? undefined
    },
    async events(): Promise<Sent[]> {
      return parse((await this.next()) ?? '')
    },
  }
}

function parse(text: string): Sent[] {
  return [...text.matchAll(/event: (\w+)\nid: (\S+)\ndata: (.*)\n\n/g)].map(
    ([, event, id, data]) => ({ event: event!, id: id!, ...JSON.parse(data!) }),
  )
}

test('begins with the count, and when to come back', async () => {
  await clicks.add(link, Date.now() - 600_000)
  await clicks.add(link, Date.now() - 5_000)
  const feed = await openFeed()
  const text = await feed.next()
  expect(text).toMatch(/^retry: 2000\n\nevent: count\nid: \d{13}-\w+\ndata: {"clicks":2}\n\n$/)
})

test('sends each click once, with its time and the count it makes', async () => {
  const feed = await openFeed()
  expect(await feed.events()).toMatchObject([{ event: 'count', id: '0', clicks: 0 }])
  const atMs = Date.now()
  await clicks.add(link, atMs)
  await clicks.add(link, atMs + 1)
  expect(await feed.events()).toMatchObject([
    { event: 'click', clicks: 1, at: new Date(atMs).toISOString() },
    { event: 'click', clicks: 2, at: new Date(atMs + 1).toISOString() },
  ])
  await clicks.add(link, Date.now())
  expect(await feed.events()).toMatchObject([{ event: 'click', clicks: 3 }])
})

test('sends a click that shows late, or comes from a clock ahead', async () => {
  const feed = await openFeed()
  await feed.next()
  await clicks.add(link, Date.now())
  expect(await feed.events()).toMatchObject([{ clicks: 1 }])
  await clicks.add(link, Date.now() - 80_000)
  expect(await feed.events()).toMatchObject([{ clicks: 2 }])
  await clicks.add(link, Date.now() + 8_000)
  expect(await feed.events()).toMatchObject([{ clicks: 3 }])
})

test('sends nothing twice over a long quiet time', async () => {
  await clicks.add(link, Date.now())
  const feed = await openFeed()
  await feed.next()
  for (let i = 0; i < 15; i++) expect(await feed.next()).toBe(': nothing new\n\n')
})

test('tells who comes back what was missed, then what is new', async () => {
  const feed = await openFeed()
  await feed.next()
  await clicks.add(link, Date.now())
  const [last] = await feed.events()
  vi.advanceTimersByTime(600_000)
  await clicks.add(link, Date.now())
  await clicks.add(link, Date.now() + 1)

  const again = await openFeed(last!.id)
  expect(await again.events()).toMatchObject([{ event: 'count', id: last!.id, clicks: 1 }])
  expect(await again.events()).toMatchObject([
    { event: 'click', clicks: 2 },
    { event: 'click', clicks: 3 },
  ])
  await clicks.add(link, Date.now())
  expect(await again.events()).toMatchObject([{ event: 'click', clicks: 4 }])
})

test('tells who missed very much the count, and the last 50', async () => {
  for (let i = 0; i < 80; i++) await clicks.add(link, Date.now() - i)
  const feed = await openFeed('0')
  expect(await feed.events()).toMatchObject([{ event: 'count', clicks: 30 }])
  const missed = await feed.events()
  expect(missed).toHaveLength(50)
  expect(missed.at(-1)).toMatchObject({ clicks: 80 })
})

test.each(['nonsense', '', '\u{10ffff}'])(
  'takes %j for the last event as none or all',
  async (id) => {
    await clicks.add(link, Date.now())
    const feed = await openFeed(id)
    const [count] = await feed.events()
    expect(count!.clicks).toBe(id === '' ? 0 : 1)
  },
)

test('ends at once when it is told to, in the middle of a wait', async () => {
  const feed = await openFeed()
  await feed.next()
  const next = feed.next()
  stop.abort()
  expect(await next).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('says soon that the link is gone, and ends', async () => {
  let there = true
  const feed = await openFeed(undefined, async () => there)
  await feed.next()
  expect(await feed.next()).toBe(': nothing new\n\n')
  there = false
  const deletedMs = Date.now()
  expect(await feed.next()).toBe('event: gone\ndata: {"slug":"a"}\n\n')
  expect(Date.now() - deletedMs).toBeLessThanOrEqual(4000)
  expect(await feed.next()).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('sees that the link is gone while clicks arrive, too', async () => {
  let there = true
  const feed = await openFeed(undefined, async () => there)
  await feed.next()
  await clicks.add(link, Date.now())
  expect(await feed.events()).toMatchObject([{ clicks: 1 }])
  there = false
  const texts: (string | undefined)[] = []
  for (let i = 0; i < 6; i++) {
    await clicks.add(link, Date.now())
    texts.push(await feed.next())
  }
  expect(texts.filter((text) => text?.startsWith('event: gone'))).toHaveLength(1)
  expect(texts.at(-1)).toBeUndefined()
})

test('asks for the link itself at one look in three', async () => {
  let asked = 0
  const feed = await openFeed(undefined, async () => ++asked > 0)
  await feed.next()
  expect(await feed.next()).toBe(': nothing new\n\n')
  // Of 15 looks the 3rd, 6th, 9th and 12th; the 15th has yet to go on.
  expect(asked).toBe(4)
})

test('ends after five minutes, so that no request lives for ever', async () => {
  const feed = await openFeed()
  const openedMs = Date.now()
  while ((await feed.next()) !== undefined);
  expect(Date.now() - openedMs).toBeGreaterThanOrEqual(300_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('a click that is told comes at once, one that is not a little later, each once', async () => {
  const told = createClicks(store, createMemoryTopic())
  const silent = clicks
  clicks = told
  const feed = await openFeed()
  await feed.next()
  const atMs = Date.now()
  const coming = feed.events()
  await vi.advanceTimersByTimeAsync(1)
  await told.add({ ...link, id: 'another link' }, Date.now())
  await told.add(link, Date.now())
  expect(await coming).toMatchObject([{ event: 'click', clicks: 1 }])
  expect(Date.now() - atMs).toBeLessThan(1_000)
  await silent.add(link, Date.now())
  expect(await feed.events()).toMatchObject([{ event: 'click', clicks: 2 }])
  await told.add(link, Date.now())
  expect(await feed.events()).toMatchObject([{ event: 'click', clicks: 3 }])
})
