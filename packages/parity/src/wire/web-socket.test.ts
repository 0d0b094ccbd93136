import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeFrame } from './frame.ts'
import { converse } from './web-socket.ts'

/** Shakes hands, pings, and says hello when the pong is there. */
const server = createServer((socket) => {
  let asked = 0
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    asked += 1
    if (asked === 1) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')
      socket.write(encodeFrame('unmasked ping a'))
    } else if (bytes[0] === 0x8a) socket.write(encodeFrame('unmasked text hello'))
  })
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** What goes otherwise than a script says. */
function missOf(...expected: readonly string[]) {
  const { address: host, port } = server.address() as AddressInfo
  const head = Buffer.from('GET / HTTP/1.1\r\n\r\n')
  const script = expected.map((frame, line) => ({ direction: 'expect' as const, frame, line }))
  return converse({ host, port }, { head }, script, async () => {}, encodeFrame)
}

test('a ping that nobody expects is answered, and what comes after it is read', async () => {
  expect(await missOf('status 101', 'text hello')).toBeUndefined()
})

test('a ping that is expected is read, and a miss names its line', async () => {
  expect(await missOf('status 101', 'ping a')).toBeUndefined()
  expect(await missOf('text bye')).toEqual({ expected: 'text bye', got: 'text hello', line: 0 })
})
