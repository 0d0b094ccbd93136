import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CountingKv } from '@mooring/core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openRedisKv } from '../../port-bound/src/kv/kv-redis.ts'
import { attachmentOf, errorOf } from './kv-attachment.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'

describe.runIf(hasRedis())('a Redis whose connection is lost', () => {
  let server: RedisServer
  let kv: CountingKv
  const unreachable = async (work: Promise<unknown>) => {
    const error = await errorOf(work)
    expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
    expect(error.message).toContain(
      'The kv resource "store" (STORE_URL port-bound, binding STORE injected)',
    )
    expect(error.message).toContain(`at 127.0.0.1:${server.port}`)
  }
  beforeAll(async () => {
    server = await startRedis()
    const store = await openRedisKv(attachmentOf(`redis://127.0.0.1:${server.port}`))
    kv = store.handle
    return async () => {
      await store.close?.()
      await server.remove()
    }
  })

  test('fails while Redis is down, and works when it is back', { timeout: 60_000 }, async () => {
    await kv.put('before', 'value')
    await server.signal('SIGKILL')
    await unreachable(kv.get('before'))
    await Promise.all(Array.from({ length: 20 }, () => unreachable(kv.increment('n'))))
    await server.start()
    await eventually(async () => expect(await kv.get('before')).toBe('value'))
    expect(await kv.increment('n')).toBe(1)
    expect((await kv.list()).keys).toEqual(['before', 'n'])
  })

  test('fails when Redis freezes, and works when it goes on', { timeout: 60_000 }, async () => {
    await kv.put('before', 'value')
    await server.signal('SIGSTOP')
    const pending = Array.from({ length: 5 }, () => unreachable(kv.get('before')))
    await Promise.all(pending)
    await unreachable(kv.get('before'))
    await server.signal('SIGCONT')
    await eventually(async () => expect(await kv.get('before')).toBe('value'))
  })

  test('does not show a short restart', { timeout: 60_000 }, async () => {
    await kv.put('before', 'value')
    await restart(server)
    expect(await kv.get('before')).toBe('value')
  })

  test('does not wait for ever for a Redis that only accepts', { timeout: 60_000 }, async () => {
    await server.signal('SIGKILL')
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket)).listen(server.port, '127.0.0.1')
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    await eventually(async () => {
      await unreachable(kv.get('before'))
      expect(sockets).not.toHaveLength(0)
    })
    // What was accepted stays open, so that only the store itself can give it up.
    silent.close()
    await server.start()
    await eventually(async () => expect(await kv.get('before')).toBe('value'))
  })

  test('fails at once when it was closed here', async () => {
    const { handle, close } = await openRedisKv(attachmentOf(`redis://127.0.0.1:${server.port}`))
    await handle.put('key', 'value')
    await close?.()
    await unreachable(handle.get('key'))
    await close?.()
  })
})

async function restart(server: RedisServer): Promise<void> {
  await server.signal('SIGKILL')
  await server.start()
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      return await check()
    } catch (error) {
      if (left === 0) throw error
      await sleep(100)
    }
  }
}
