import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openedRaw } from '../../../packages/core/test/web-sockets/client.ts'
import {
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../../packages/node/test/kv-redis-server.ts'
import { expectProblem } from './problems.ts'
import { start, type Started } from './start.ts'

/** Two processes of one service, over one store. */
let folder: string
let one: Started
let other: Started

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'links-'))
  const file = pathToFileURL(path.join(folder, 'store.sqlite')).href
  const env = { NODE_ENV: 'production', STORE_URL: file }
  one = await start('../links-node/src/main.ts', env)
  other = await start('../links-node/src/main.ts', env)
})

afterAll(async () => {
  await one?.stop()
  await other?.stop()
  await rm(folder, { recursive: true, force: true })
})

const post = (to: Started, body: object, headers: Record<string, string> = {}) =>
  fetch(`${to.url}/api/links`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

test('a click that one took arrives live at the other', async () => {
  await post(one, { url: 'https://example.com/', slug: 'a' })
  const left = new AbortController()
  const { body } = await fetch(`${other.url}/api/links/a/live`, { signal: left.signal })
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (part: string) => {
    while (!text.includes(part)) text += (await reader.read()).value ?? ''
  }
  await until('data: {"clicks":0}')
  await fetch(`${one.url}/a`, { redirect: 'manual' })
  await until('event: click')
  await fetch(`${other.url}/a`, { redirect: 'manual' })
  await until('data: {"clicks":2,')
  left.abort()
})

test('without a topic there is no feed of all clicks', async () => {
  const client = await openedRaw(Number(new URL(one.url).port), '/api/live')
  expect(client.head()).toMatch(/^HTTP\/1\.1 503 /)
  expect(client.body()).toContain('/problems/#feed-unavailable')
  client.socket.destroy()
  await expectProblem(await fetch(`${one.url}/api/live`), 426, 'upgrade-required')
})

test('of requests with one key that race between them, one makes a link', async () => {
  const key = { 'Idempotency-Key': '"raced"' }
  const send = (to: Started) => post(to, { url: 'https://example.com/raced' }, key)
  const responses = await Promise.all([one, other, one, other, one, other].map(send))
  const made = responses.filter(({ status }) => status === 201)
  expect(made.length).toBeGreaterThan(0)
  expect(responses.filter(({ status }) => status === 409)).toHaveLength(6 - made.length)
  expect(new Set(made.map(({ headers }) => headers.get('location'))).size).toBe(1)
  const fresh = made.filter(({ headers }) => !headers.has('idempotent-replayed'))
  expect(fresh).toHaveLength(1)
  const { links } = await (await fetch(`${one.url}/api/links`)).json()
  const urls = links.map((link: { url: string }) => link.url)
  expect(urls.filter((url: string) => url.endsWith('/raced'))).toHaveLength(1)
})

test('of requests for one slug that race between them, one gets it', async () => {
  const responses = await Promise.all(
    [one, other, one, other].map((to, i) =>
      post(to, { url: `https://example.com/${i}`, slug: 'wanted' }),
    ),
  )
  expect(responses.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
})

describe.runIf(hasRedis())('with a topic in Redis', () => {
  let redis: RedisServer
  const processes: Started[] = []
  beforeAll(async () => {
    redis = await startRedis()
    const FEED_URL = `redis://127.0.0.1:${redis.port}/0`
    // Stores of their own: only the topic can tell one of the other's clicks.
    const env = { NODE_ENV: 'production', STORE_URL: 'memory:', FEED_URL }
    for (const _ of [1, 2]) processes.push(await start('../links-node/src/main.ts', env))
  })
  afterAll(async () => {
    for (const each of processes) await each.stop()
    await redis?.remove()
  })

  test('the feed of all clicks has those that any process took, and goes on where it was', async () => {
    const [here, there] = processes as [Started, Started]
    for (const at of [here, there]) await post(at, { url: 'https://example.com/', slug: 'told' })
    const click = (at: Started) => fetch(`${at.url}/told`, { redirect: 'manual' })
    const live = `${here.url.replace('http', 'ws')}/api/live`
    const clicks: { id: string; slug: string; at: string; missed?: true }[] = []
    const follow = async (query = '') => {
      const feed = new WebSocket(live + query)
      feed.addEventListener('message', ({ data }) => void clicks.push(JSON.parse(data)))
      await once(feed, 'open')
      return feed
    }
    const feed = await follow()
    // The feed begins a moment after its handshake.
    await expect
      .poll(async () => {
        await click(there)
        return clicks.length
      })
      .toBeGreaterThan(0)
    expect(clicks[0]).toMatchObject({ slug: 'told' })
    expect(Date.parse(clicks[0]!.at)).toBeGreaterThan(Date.now() - 60_000)
    feed.close()
    await once(feed, 'close')
    const { id } = clicks.splice(0).at(-1)!
    for (const at of [there, here]) await click(at)
    const again = await follow(`?after=${id}`)
    await expect.poll(() => clicks.length).toBeGreaterThanOrEqual(2)
    expect(clicks.every(({ missed }) => missed === undefined)).toBe(true)
    again.close()
    clicks.splice(0)
    const late = await follow('?after=none')
    await expect.poll(() => clicks).toEqual([{ missed: true }])
    late.close()
    const plain = await fetch(live.replace('ws', 'http'))
    await expectProblem(plain, 426, 'upgrade-required')
    expect(plain.headers.get('upgrade')).toBe('websocket')
  })
})
