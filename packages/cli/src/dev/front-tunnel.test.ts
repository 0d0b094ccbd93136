import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFront, type Front } from './front.ts'

let front: Front
let frontPort: number
let backend: Server | undefined

beforeEach(async () => {
  front = createFront('port-bound')
  frontPort = await listen(front.createServer())
})

afterEach(async () => {
  front.destroy()
  await front.close()
  backend?.close()
})

async function listen(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** What answers behind the front, from the head of the handshake on. */
async function answerWith(onHandshake: (socket: Socket) => void): Promise<void> {
  backend = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => onHandshake(socket))
  })
  front.serveFrom(await listen(backend))
}

const handshake =
  'GET /ws HTTP/1.1\r\nHost: ws.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'

test('what is sent last arrives, also at a client that reads slowly', async () => {
  const bytes = 8 * 1024 ** 2 + 60 * 1024
  await answerWith((socket) => {
    socket.write(`HTTP/1.1 401 Unauthorized\r\nContent-Length: ${bytes}\r\n\r\n`)
    socket.end(Buffer.alloc(bytes, 'x'))
  })
  const client = connect(frontPort, '127.0.0.1')
  client.write(handshake)
  let received = 0
  for await (const chunk of client) {
    received += (chunk as Buffer).length
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(received).toBeGreaterThan(bytes)
})

test('a close frame arrives although the backend closes with it', async () => {
  await answerWith((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    socket.end(Buffer.from([0x88, 2, 0x03, 0xf4]))
  })
  const client = connect(frontPort, '127.0.0.1')
  client.write(handshake)
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).subarray(-4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf4]))
})

test.each(['end', 'destroy'] as const)('a client’s %s reaches the backend', async (how) => {
  const gone = Promise.withResolvers<void>()
  await answerWith((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    socket.resume()
    socket.once('close', () => gone.resolve())
  })
  const client = connect(frontPort, '127.0.0.1')
  client.write(handshake)
  await once(client, 'data')
  client[how]()
  await gone.promise
})

test('only a GET begins a WebSocket: a POST that asks for one keeps its body', async () => {
  backend = createServer((socket) => {
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
      if (received.endsWith('hello')) socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
  })
  front.serveFrom(await listen(backend))
  const client = connect(frontPort, '127.0.0.1')
  const head = handshake.replace('GET', 'POST').trimEnd()
  client.write(`${head}\r\nContent-Length: 5\r\n\r\nhello`)
  const [answer] = (await once(client, 'data')) as [Buffer]
  client.destroy()
  expect(String(answer)).toMatch(/^HTTP\/1.1 204 /)
})
