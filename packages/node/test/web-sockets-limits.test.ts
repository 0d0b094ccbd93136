import { afterEach, describe, expect, test } from 'vitest'
import { frame, handshake, opcodes, openedRaw } from '../../core/test/web-sockets/client.ts'
import { line, linesOf, named } from '../../core/test/web-sockets/target.ts'
import { adminUrl, readMetrics, valueOf } from './metrics.ts'
import { killAll, rawConnect, type Server, startServer } from './process.ts'

afterEach(killAll)

const { text } = opcodes
const target = (server: Server) => ({ port: server.port, log: server.stdout })
const start = (env: Record<string, string> = {}) => startServer('web-sockets.ts', env)

describe('limits', () => {
  test('a client that is gone without a word is found by a ping', async () => {
    const server = await start({ WEBSOCKET_PING_INTERVAL: '1s' })
    const [quiet, gone] = [await named(target(server)), await named(target(server))]
    await expect.poll(gone.client.frames, { timeout: 20_000 }).toEqual(['ping '])
    const answer = setInterval(() => quiet.client.send(frame(opcodes.pong)), 100)
    await expect.poll(gone.client.isClosed, { timeout: 20_000 }).toBe(true)
    await server.event('a WebSocket client is gone')
    await expect
      .poll(() => linesOf(target(server), gone.name).at(-1))
      .toMatchObject({ message: 'closed', code: 1006 })
    clearInterval(answer)
    quiet.client.send(frame(text, 'alive'))
    await expect.poll(() => quiet.client.frames().at(-1)).toBe('text alive')
    quiet.client.socket.destroy()
  })

  test('one that stops reading is cut off after STALL_TIMEOUT', async () => {
    const server = await start({ STALL_TIMEOUT: '2s' })
    const { client, name } = await named(target(server))
    client.socket.pause()
    // Less than may wait for a client, and more than the system's buffers take.
    for (let sent = 0; sent < 12; sent++)
      client.send(frame(opcodes.binary, Buffer.alloc(1024 ** 2)))
    expect(await server.event('a WebSocket client stalled')).toMatchObject({ path: '/ws' })
    await expect
      .poll(() => linesOf(target(server), name).at(-1))
      .toMatchObject({ message: 'closed', code: 1006 })
    client.socket.destroy()
  })

  test('one that sends faster than it is handled is read no further', async () => {
    const server = await start()
    const { client } = await named(target(server))
    client.send(frame(text, '{"do":"stuck"}'))
    const chunk = frame(opcodes.binary, Buffer.alloc(64 * 1024))
    for (let sent = 0; sent < 1024; sent++) client.send(chunk)
    // What the buffers of the system and 1 MiB of messages do not hold stays with the client.
    let left = Infinity
    for (let before = 0; left !== before; left = client.socket.writableLength) {
      before = left
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(left).toBeGreaterThan(16 * 1024 ** 2)
    expect(client.isClosed()).toBe(false)
    client.socket.destroy()
  })

  test('they count as connections', async () => {
    const server = await start({ MAX_CONNECTIONS: '2' })
    const { client } = await named(target(server))
    const { client: second } = await named(target(server))
    await expect(named(target(server))).rejects.toThrow('closed before')
    client.socket.destroy()
    second.socket.destroy()
  })
})

test('a handshake behind a request that is being answered waits, and is refused', async () => {
  const server = await start()
  const lines = Object.entries(handshake()).map(([name, value]) => `${name}: ${value}\r\n`)
  // In one write: sent by itself the second would be the first, where this process is held up.
  const { received } = await rawConnect(
    server.port,
    `GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ws HTTP/1.1\r\n${lines.join('')}\r\n`,
  )
  await expect.poll(received).toMatch(/\r\n\r\nplain[^]*HTTP\/1\.1 400 /)
  const { client: next } = await named(target(server))
  expect(next.head()).toMatch(/^HTTP\/1\.1 101 /)
  next.socket.destroy()
})

test('a handshake that is answered too late is 503, and leaves nothing to the next', async () => {
  const server = await start({ RESPONSE_TIMEOUT: '1s' })
  const { client, name } = await named(target(server), '/late')
  expect(client.head()).toMatch(/^HTTP\/1\.1 503 /)
  await line(target(server), name, 'late')
  const { client: next } = await named(target(server))
  expect(next.head()).toMatch(/^HTTP\/1\.1 101 /)
  expect(next.head()).not.toMatch(/x-late/i)
  next.socket.destroy()
})

test('are counted while they are open, and their handshakes as requests', async () => {
  const server = await start({ ADMIN_PORT: '0' })
  const url = await adminUrl(server)
  const { client } = await named(target(server))
  const open = async () => valueOf(await readMetrics(url), 'mooring_open_websockets')
  expect(await open()).toBe(1)
  const labels = 'http_request_method="GET",http_response_status_code="101",url_scheme="http"'
  const series = `http_server_request_duration_seconds_count{${labels}}`
  expect(valueOf(await readMetrics(url), series)).toBe(1)
  client.socket.destroy()
  await expect.poll(open).toBe(0)
})

test('an app without WebSockets loads nothing for them', async () => {
  const server = await startServer('app.ts')
  const client = await openedRaw(server.port, '/', handshake())
  expect(client.head()).toMatch(/^HTTP\/1\.1 200 /)
  // Its connection stays with HTTP, and open.
  client.socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(client.body).toContain('"phase":"serving"')
  client.socket.destroy()
})
