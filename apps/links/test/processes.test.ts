import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectProblem } from './problems.ts'
import { start, type Started } from './start.ts'

/** Two processes of one service, over one store. */
let folder: string
let one: Started
let other: Started

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'links-'))
  const env = { STORE_URL: pathToFileURL(path.join(folder, 'store.sqlite')).href }
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
