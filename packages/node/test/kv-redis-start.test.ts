import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { formatError, type MooringError } from '@mooring/core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openRedisKv } from '../../port-bound/src/kv/kv-redis.ts'
import { attachmentOf, errorOf } from './kv-attachment.ts'
import { freePort, hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'

const secret = 's3cr€t/:@'
const withSecret = (host: string) => `://:${encodeURIComponent(secret)}@${host}`

/** The error of a start that fails: it names everything but the secrets. */
async function refusalOf(url: string): Promise<string> {
  const error = await errorOf(openRedisKv(attachmentOf(url)))
  expect(error).toMatchObject({ code: 'MOORING_E_KV_UNREACHABLE' })
  const text = formatError(error as MooringError)
  expect(text).toContain('The kv resource "store" (STORE_URL port-bound, binding STORE injected)')
  for (const form of [secret, encodeURIComponent(secret)]) expect(text).not.toContain(form)
  return text
}

describe.runIf(hasRedis())('a Redis that cannot be had', () => {
  let plain: RedisServer
  let secured: RedisServer
  beforeAll(async () => {
    const servers = [startRedis(), startRedis({ password: secret, tls: true })] as const
    ;[plain, secured] = await Promise.all(servers)
    return () => Promise.all([plain.remove(), secured.remove()])
  })

  test('because nothing listens', async () => {
    const port = await freePort()
    const text = await refusalOf(`redis${withSecret(`127.0.0.1:${port}`)}`)
    expect(text).toContain(`at 127.0.0.1:${port}`)
    expect(text).toContain('ECONNREFUSED')
  })

  test('because nothing listens at any address of a name', async () => {
    const text = await refusalOf(`redis://localhost:${await freePort()}`)
    expect(text).toContain('ECONNREFUSED')
  })

  test('because the name is unknown', async () => {
    const text = await refusalOf('redis://nowhere.invalid')
    expect(text).toContain('at nowhere.invalid:6379')
    expect(text).toMatch(/ENOTFOUND|EAI_AGAIN/)
  })

  test('because the password is missing or wrong', async () => {
    const server = await startRedis({ password: secret })
    onTestFinished(() => server.remove())
    const host = `127.0.0.1:${server.port}`
    expect(await refusalOf(`redis://${host}`)).toContain('NOAUTH')
    const text = await refusalOf(`redis://:wrong-one@${host}`)
    expect(text).toContain('was refused by Redis')
    expect(text).toContain('WRONGPASS')
    expect(text).not.toContain('wrong-one')
    const { handle: kv, close } = await openRedisKv(attachmentOf(`redis${withSecret(host)}`))
    onTestFinished(() => close?.())
    await kv.put('key', 'value')
    expect(await kv.get('key')).toBe('value')
  })

  test('because there is no such database', async () => {
    expect(await refusalOf(`redis://127.0.0.1:${plain.port}/99`)).toContain('DB index')
    expect(await refusalOf(`redis://127.0.0.1:${plain.port}/name`)).toContain(
      'number of a database',
    )
  })

  test('because the URL asks for what it cannot', async () => {
    expect(await refusalOf(`redis://127.0.0.1:${plain.port}?tls=true`)).toContain(
      'number of a database',
    )
  })

  test('because nobody vouches for its certificate', async () => {
    const text = await refusalOf(`rediss${withSecret(`127.0.0.1:${secured.port}`)}`)
    expect(text).toContain('self-signed certificate')
    expect(text).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('because it speaks TLS and the URL does not', async () => {
    await refusalOf(`redis${withSecret(`127.0.0.1:${secured.port}`)}`)
  })

  test.concurrent('because the URL speaks TLS and it does not', async () => {
    await refusalOf(`rediss://127.0.0.1:${plain.port}`)
  })

  test.concurrent(
    'because it never answers',
    { timeout: 20_000 },
    async ({ onTestFinished: onEnd }) => {
      const sockets = new Set<Socket>()
      const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
      onEnd(() => {
        for (const socket of sockets) socket.destroy()
        silent.close()
      })
      await once(silent, 'listening')
      const { port } = silent.address() as { port: number }
      expect(await refusalOf(`redis://127.0.0.1:${port}`)).toContain('no answer within')
    },
  )
})
