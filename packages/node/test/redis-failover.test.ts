import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Kv, Subscription, Topic } from '@mooring/core'
import type { Opened } from '@mooring/core/adapter'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openRedisKv } from '../../port-bound/src/kv/kv-redis.ts'
import { openTopic } from '../../port-bound/src/topics/topic-open.ts'
import { attachmentOf } from './kv-attachment.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'

const stream = 'mooring:{links:feed}:topic'

/** A name that leads to another server from one moment on; connections that there are stay. */
interface Name {
  readonly url: string
  lead(to: RedisServer): void
  /** What the server that is gone would do. */
  cut(): void
  close(): void
}

async function nameOf(first: RedisServer): Promise<Name> {
  let target = first
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect(target.port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (to) => (target = to),
    cut,
    close() {
      cut()
      server.close()
    },
  }
}

describe.runIf(hasRedis())('a Redis that fails over to its replica', () => {
  let [primary, replica]: RedisServer[] = []
  let name: Name
  let opened: Opened<Topic | Kv>[]
  let feed: Topic
  let store: Kv
  let subscription: Subscription
  beforeEach(async () => {
    ;[primary, replica] = await Promise.all([startRedis(), startRedis()])
    await primary!.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0')
    await replica!.command('REPLICAOF', '127.0.0.1', `${primary!.port}`)
    name = await nameOf(primary!)
    const topic = await openTopic(attachmentOf(name.url, 'links', 'feed'))
    const kv = await openRedisKv(attachmentOf(name.url))
    opened = [topic, kv]
    feed = topic.handle
    store = kv.handle
    subscription = await feed.subscribe()
    await store.put('key', 'before')
    await feed.publish('before')
    await next()
    const isThere = async () => (await replica!.command('XLEN', stream)) === '1'
    await vi.waitUntil(isThere, { timeout: 60_000 })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await Promise.all(opened.map((resource) => resource.close?.()))
    name.close()
    await Promise.all([primary!.remove(), replica!.remove()])
  })

  async function next(): Promise<string | undefined> {
    const { value } = await subscription.next()
    return value?.type === 'message' ? value.text : value?.type
  }

  test('writes go to the new primary, though the old one answers and the clock is set back', async () => {
    const clock = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => clock() - 3_600_000)
    await replica!.command('REPLICAOF', 'NO', 'ONE')
    await primary!.command('REPLICAOF', '127.0.0.1', `${replica!.port}`)
    name.lead(replica!)
    await expect.poll(() => store.put('key', 'after').catch(() => 'refused')).toBeUndefined()
    expect(await store.get('key')).toBe('after')
    await expect.poll(() => feed.publish('after').catch(() => undefined)).toBeDefined()
    expect(await next()).toBe('after')
  })

  test('a subscriber is told where the new one does not have what it had, be its clock behind', async () => {
    await replica!.command('REPLICAOF', 'NO', 'ONE')
    const ahead = `${Date.now() + 60_000}-0`
    await primary!.command('XADD', stream, ahead, 'text', 'lost')
    expect(await next()).toBe('lost')
    name.lead(replica!)
    name.cut()
    expect(await next()).toBe('missed')
    await expect.poll(() => feed.publish('after').catch(() => undefined)).toBeDefined()
    expect(await next()).toBe('after')
  })
})
