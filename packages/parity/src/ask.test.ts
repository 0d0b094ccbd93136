import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createClient } from './ask.ts'
import type { RequestStep } from './cases/case.ts'
import { parseCases } from './cases/parse.ts'

const [first, second] = parseCases('### a\nGET /1\n---\n@pipelined\nGET /2\n', 'a.http')[0]!
  .steps as [RequestStep, RequestStep]

let server: Server | undefined
afterEach(() => server?.close())

/** A server that answers each request with its path, and what it got, a text for each connection. */
async function startServer(answerOf: (path: string) => string) {
  const got: string[] = []
  server = createServer((socket) => {
    const index = got.push('') - 1
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      got[index] += chunk.toString()
      for (const [, path] of chunk.toString().matchAll(/^GET (\S+)/gm)) {
        socket.write(answerOf(path!))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { client: createClient({ host: '127.0.0.1', port }), got }
}

const ok = (path: string, fields = '') =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n${fields}\r\n${path}`

test('a pipelined request is sent together with the one before, and its answer read after that', async () => {
  const { client, got } = await startServer((path) => ok(path))
  const one = await client.ask(first, second.bytes)
  expect(got).toEqual([first.bytes.toString() + second.bytes.toString()])
  const two = await client.ask(second)
  expect([one.get('body'), two.get('body')]).toEqual(['/1', '/2'])
  expect([one.get('connection'), two.get('connection')]).toEqual(['open', 'open'])
  expect(got).toHaveLength(1)
  client.hangUp()
})

test('where the one before ends the connection it is sent again, as a client would', async () => {
  const { client, got } = await startServer((path) =>
    path === '/1' ? ok(path, 'Connection: close\r\n') : ok(path),
  )
  expect((await client.ask(first, second.bytes)).get('connection')).toBe('closed')
  expect((await client.ask(second)).get('body')).toBe('/2')
  expect(got[1]).toBe(second.bytes.toString())
  client.hangUp()
})

test('an upload goes on until the server holds it back; its answer is read later', async () => {
  const sockets: Socket[] = []
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.pause().on('error', () => {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = createClient({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
  })
  const [upload, rest] = parseCases('### a\n@upload 67108864\nPOST /\n---\n@rest\n', 'a.http')[0]!
    .steps as [RequestStep, RequestStep]
  expect((await client.ask(upload)).get('status')).toBe('held back')
  sockets[0]!.write(ok('/'))
  const unread = await client.ask(rest)
  expect([unread.get('body'), unread.get('upload')]).toEqual(['/', 'held back'])

  const asked = client.ask(upload)
  await expect.poll(() => sockets.length).toBe(2)
  sockets[1]!.resume()
  expect((await asked).get('status')).toBe('all taken')
  sockets[1]!.write(ok('/'))
  const read = await client.ask(rest)
  expect([read.get('body'), read.get('upload')]).toEqual(['/', undefined])
})

test('without bytes ahead it is sent in its turn', async () => {
  const { client, got } = await startServer((path) => ok(path))
  await client.ask(first)
  expect(got).toEqual([first.bytes.toString()])
  await client.ask(second)
  expect(got).toEqual([first.bytes.toString() + second.bytes.toString()])
  client.hangUp()
})
