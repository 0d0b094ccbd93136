import { afterEach, describe, expect, test } from 'vitest'
import {
  closing,
  frame,
  handshake,
  opcodes,
  type RawClient,
} from '../../core/test/web-sockets/client.ts'
import { linesOf, named } from '../../core/test/web-sockets/target.ts'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

afterEach(killAll)

const { text, close } = opcodes
const target = (server: Server) => ({ port: server.port, log: server.stdout })
const start = (env: Record<string, string> = {}) => startServer('web-sockets.ts', env)

/** Answers a close frame, as every client does. */
async function leaveWhenTold(client: RawClient): Promise<string> {
  await expect.poll(() => client.frames().at(-1), { timeout: 20_000 }).toMatch(/^close/)
  client.send(frame(close, closing(1012)))
  await expect.poll(client.isClosed).toBe(true)
  return client.frames().at(-1)!
}

describe('draining', () => {
  test('closes each with 1012, handles what comes before the answer, and awaits onClose', async () => {
    const server = await start()
    const { client, name } = await named(target(server))
    server.child.kill('SIGTERM')
    await expect.poll(client.frames).toEqual(['close 1012 Service Restart'])
    // Sent before it knew: nothing that was accepted is lost.
    client.send(frame(text, 'one more'), frame(close, closing(1012)))
    expect(await server.exited).toBe(0)
    expect(linesOf(target(server), name)).toMatchObject([
      { message: 'opened' },
      { message: 'message' },
      { message: 'closed', code: 1012, wasClean: true },
    ])
    expect(await server.event('closing WebSockets')).toMatchObject({ count: 1, overMs: 10 })
    await server.event('drained')
  })

  test('spreads many over a time', async () => {
    const server = await start()
    const clients = await Promise.all(
      Array.from({ length: 100 }, async () => (await named(target(server))).client),
    )
    const toldAtMs: number[] = []
    server.child.kill('SIGTERM')
    const told = clients.map(async (client) => {
      await leaveWhenTold(client)
      toldAtMs.push(performance.now())
    })
    await Promise.all(told)
    expect(await server.event('closing WebSockets')).toMatchObject({ count: 100, overMs: 1000 })
    expect(Math.max(...toldAtMs) - Math.min(...toldAtMs)).toBeGreaterThan(200)
    expect(await server.exited).toBe(0)
  })

  test('a lame duck keeps its sockets, and takes new ones', async () => {
    const server = await start({ SHUTDOWN_LAME_DUCK: '2s' })
    const { client } = await named(target(server))
    server.child.kill('SIGTERM')
    await server.event('draining')
    client.send(frame(text, 'still here'))
    await expect.poll(client.frames).toEqual(['text still here'])
    const { client: late } = await named(target(server))
    late.send(frame(text, 'new here'))
    await expect.poll(late.frames).toEqual(['text new here'])
    for (const one of [client, late]) {
      expect(await leaveWhenTold(one)).toBe('close 1012 Service Restart')
    }
    expect(await server.exited).toBe(0)
  })

  test('a handshake that comes with the signal is taken, and closed with 1012', async () => {
    const server = await start()
    await named(target(server))
    const late = await rawConnect(server.port, 'GET /ws HTTP/1.1\r\n')
    server.child.kill('SIGTERM')
    await server.event('draining')
    const lines = Object.entries(handshake()).map(([name, value]) => `${name}: ${value}\r\n`)
    late.socket.write(`${lines.join('')}\r\n`)
    await expect.poll(late.received).toMatch(/^HTTP\/1\.1 101 [^]*Service Restart$/)
    late.socket.write(frame(close, closing(1012)))
    expect(await server.exited).toBe(0)
  })

  test('does not wait for a client that does not answer', async () => {
    const server = await start({ SHUTDOWN_BUDGET: '20s' })
    const { client } = await named(target(server))
    client.socket.removeAllListeners('data')
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    client.socket.destroy()
  })

  test('cuts off and names what is left at the deadline', async () => {
    const server = await start({ SHUTDOWN_BUDGET: '1s' })
    const { client } = await named(target(server), '/ws?token=secret')
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(3)
    expect(await server.event('a WebSocket was cut off')).toMatchObject({
      path: '/ws',
      ageMs: expect.any(Number),
      bufferedBytes: expect.any(Number),
    })
    expect(server.stdout()).not.toContain('secret')
    await expect.poll(client.isClosed).toBe(true)
  })

  test('a handler that does not end is cut off, too', async () => {
    const server = await start({ SHUTDOWN_BUDGET: '2s' })
    const { client } = await named(target(server))
    client.send(frame(text, '{"do":"stuck"}'))
    server.child.kill('SIGTERM')
    await leaveWhenTold(client)
    expect(await server.exited).toBe(3)
    expect(await server.event('cut off')).toMatchObject({ background: 1 })
  })
})
