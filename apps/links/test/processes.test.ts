import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

test('the feed of all clicks has those that any process took, and goes on where it was', async () => {
  for (const slug of ['left', 'right']) await post(one, { url: 'https://example.com/', slug })
  const click = (at: Started, slug: string) => fetch(`${at.url}/${slug}`, { redirect: 'manual' })
  const live = `${other.url.replace('http', 'ws')}/api/live`
  const feed = new WebSocket(live)
  const clicks: { id: string; slug: string; at: string }[] = []
  const keep = ({ data }: MessageEvent) => void clicks.push(JSON.parse(data))
  feed.addEventListener('message', keep)
  await once(feed, 'open')
  await click(one, 'left')
  await expect.poll(() => clicks.map(({ slug }) => slug), { timeout: 20_000 }).toEqual(['left'])
  expect(Date.parse(clicks[0]!.at)).toBeGreaterThan(Date.now() - 60_000)
  feed.close()
  await once(feed, 'close')
  await click(other, 'right')
  const again = new WebSocket(`${live}?after=${clicks[0]!.id}`)
  again.addEventListener('message', keep)
  await expect
    .poll(() => clicks.map(({ slug }) => slug), { timeout: 20_000 })
    .toEqual(['left', 'right'])
  again.close()
  const plain = await fetch(live.replace('ws', 'http'))
  await expectProblem(plain, 426, 'upgrade-required')
  expect(plain.headers.get('upgrade')).toBe('websocket')
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

  test('a click is told to whoever follows, in any process', async () => {
    const [here, there] = processes as [Started, Started]
    await post(there, { url: 'https://example.com/', slug: 'told' })
    const feed = new WebSocket(`${here.url.replace('http', 'ws')}/api/live`)
    const slugs: string[] = []
    feed.addEventListener('message', ({ data }) => void slugs.push(JSON.parse(data).slug))
    await once(feed, 'open')
    // What is published before the feed has begun is in the store, which is another one here.
    await expect
      .poll(async () => {
        await fetch(`${there.url}/told`, { redirect: 'manual' })
        return slugs
      })
      .toContain('told')
    feed.close()
  })
})
