import type { Kv } from '@mooring/core'
import { createMemoryKv, createMemoryTopic } from '@mooring/core/adapter'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sendAllClicks } from './all-clicks.ts'
import { type Clicks, createClicks } from './clicks.ts'
import type { LinkRecord } from './link-store.ts'

const startMs = Date.UTC(2026, 10, 21)

const linkOf = (slug: string): LinkRecord => ({
  id: `id of ${slug}`,
  slug,
  url: 'https://example.com/',
  createdAtMs: startMs,
  expiresAtMs: startMs + 86_400_000,
})

let store: Kv
let stop: AbortController

beforeEach(() => {
  vi.useFakeTimers({ now: startMs + 3_600_000 })
  store = createMemoryKv()
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  vi.useRealTimers()
})

/** What a feed sends, in short: slugs, and `missed`. */
function follow(clicks: Clicks, after?: string) {
  const sent: { id: string; slug?: string; missed?: true }[] = []
  const send = (text: string) => void sent.push(JSON.parse(text))
  const ended = sendAllClicks({ clicks, after, send, signal: stop.signal })
  const said = () => sent.map(({ slug, missed }) => (missed ? 'missed' : slug))
  return { sent, said, ended }
}

test('a click that is told comes at once, one that is not a little later, each once', async () => {
  const told = createClicks(store, createMemoryTopic())
  const feed = follow(told)
  await vi.advanceTimersByTimeAsync(10)
  await told.add(linkOf('a'), Date.now())
  await told.add(linkOf('b'), Date.now())
  await vi.advanceTimersByTimeAsync(0)
  expect(feed.said()).toEqual(['a', 'b'])
  await createClicks(store).add(linkOf('c'), Date.now())
  await vi.advanceTimersByTimeAsync(5_000)
  expect(feed.said()).toEqual(['a', 'b', 'c'])
  await vi.advanceTimersByTimeAsync(20_000)
  expect(feed.said()).toEqual(['a', 'b', 'c'])
})

test('goes on after a click, and says when what came since is not all known', async () => {
  const clicks = createClicks(store)
  await clicks.add(linkOf('a'), Date.now())
  const first = follow(clicks)
  await vi.advanceTimersByTimeAsync(10)
  await clicks.add(linkOf('b'), Date.now())
  await vi.advanceTimersByTimeAsync(1_000)
  expect(first.said()).toEqual(['b'])
  const last = first.sent[0]!.id
  await clicks.add(linkOf('c'), Date.now())
  const second = follow(clicks, last)
  await vi.advanceTimersByTimeAsync(10)
  expect(second.said()).toEqual(['c'])
  await vi.advanceTimersByTimeAsync(360_000)
  await clicks.add(linkOf('d'), Date.now())
  const third = follow(clicks, last)
  const fourth = follow(clicks, 'no id')
  await vi.advanceTimersByTimeAsync(10)
  expect(third.said()).toEqual(['missed', 'd'])
  expect(fourth.said()[0]).toBe('missed')
})

test('breaks off where the topic does', async () => {
  const topic = createMemoryTopic()
  const clicks = createClicks(store, {
    ...topic,
    subscribe: async (options) => ({
      ...(await topic.subscribe(options)),
      next: async () => {
        throw new Error('gone')
      },
    }),
  })
  await expect(follow(clicks).ended).rejects.toThrow('gone')
})
