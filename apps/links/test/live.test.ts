import { createMemoryKv } from '@mooring/core/adapter'
import { testApp, type TestApp } from '@mooring/core/testing'
import { beforeEach, expect, test } from 'vitest'
import links from '../src/app.ts'
import { create } from './api.ts'
import { withStore } from './with-store.ts'

/** Two processes, or isolates, over one store. */
let one: TestApp
let other: TestApp

beforeEach(async () => {
  const app = withStore(links, createMemoryKv())
  one = await testApp(app)
  other = await testApp(app)
  await create(one, 'a')
})

/** A live feed, event by event. */
async function open(app: TestApp, init: RequestInit & { query?: string } = {}) {
  const response = await app.request(`/api/links/a/live${init.query ?? ''}`, init)
  expect(response.status).toBe(200)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  return {
    response,
    cancel: () => reader.cancel(),
    /** The next event that has a name, or `undefined` at the end. */
    async next(): Promise<{ event: string; id?: string; clicks?: number } | undefined> {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return undefined
        const match = /event: (\w+)\n(?:id: (\S+)\n)?data: (.*)\n\n$/.exec(value)
        if (!match) continue
        const [, event, id, data] = match
        return { event: event!, ...(id !== undefined && { id }), ...JSON.parse(data!) }
      }
    },
  }
}

test('is an event stream that no cache and no proxy holds back', async () => {
  const { response, cancel } = await open(one)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(response.headers.get('connection')).toBeNull()
  expect(response.headers.get('transfer-encoding')).toBeNull()
  await cancel()
})

test('sends the clicks that any process took', async () => {
  const feed = await open(one)
  expect(await feed.next()).toMatchObject({ event: 'count', clicks: 0 })
  await other.request('/a')
  expect(await feed.next()).toMatchObject({ event: 'click', clicks: 1 })
  await one.request('/a')
  expect(await feed.next()).toMatchObject({ event: 'click', clicks: 2 })
  await feed.cancel()
})

test.each(['header', 'query'] as const)('goes on after the last event, by %s', async (by) => {
  const feed = await open(one)
  await feed.next()
  await other.request('/a')
  const id = (await feed.next())!.id!
  await feed.cancel()
  // In the next millisecond, so that it is the later one.
  await new Promise((resolve) => setTimeout(resolve, 2))
  await other.request('/a')
  await other.settled()
  const again = await open(
    other,
    by === 'header' ? { headers: { 'Last-Event-ID': id } } : { query: `?lastEventId=${id}` },
  )
  expect(await again.next()).toMatchObject({ event: 'count', clicks: 1 })
  expect(await again.next()).toMatchObject({ event: 'click', clicks: 2 })
  await again.cancel()
})

test('ends cleanly when the process drains', async () => {
  const feed = await open(one)
  await feed.next()
  const end = feed.next()
  one.drain()
  expect(await end).toBeUndefined()
  expect(await (await open(one)).next()).toMatchObject({ event: 'count' })
})

test('says that the link is gone once any process deleted it, and ends', async () => {
  const feed = await open(one)
  await feed.next()
  await other.request('/api/links/a', { method: 'DELETE' })
  await create(other, 'a')
  expect(await feed.next()).toEqual({ event: 'gone', slug: 'a' })
  expect(await feed.next()).toBeUndefined()
})

test('ends when the client aborts its request', async () => {
  const left = new AbortController()
  const feed = await open(one, { signal: left.signal })
  await feed.next()
  const end = feed.next()
  left.abort()
  expect(await end).toBeUndefined()
})

test('asks the store no more once nobody reads', async () => {
  const store = createMemoryKv()
  let lists = 0
  const counted = {
    ...store,
    list: (...args: Parameters<typeof store.list>) => {
      lists++
      return store.list(...args)
    },
  }
  const app = await testApp(withStore(links, counted))
  await create(app, 'a')
  const feed = await open(app)
  await feed.next()
  await app.request('/a')
  await feed.next()
  await feed.cancel()
  const before = lists
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(lists).toBe(before)
})

test('ends, and logs why, where the store fails on the way', async () => {
  const store = createMemoryKv()
  let works = true
  const breaking = {
    ...store,
    list: async (...args: Parameters<typeof store.list>) => {
      if (!works) throw new Error('gone')
      return store.list(...args)
    },
  }
  const app = await testApp(withStore(links, breaking))
  await create(app, 'a')
  const feed = await open(app)
  await feed.next()
  works = false
  expect(await feed.next()).toBeUndefined()
  expect(app.logs).toContainEqual(
    expect.objectContaining({ level: 'warn', message: 'live feed broke off', slug: 'a' }),
  )
})
