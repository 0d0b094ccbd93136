import { connect } from 'node:net'
import { answerWith } from './counting.ts'

// node src/clients/web-sockets.ts <port> <clients>: each sends a message when the one before is back.

const [port, clients] = process.argv.slice(2).map(Number) as [number, number]
const handshake = [
  'GET /ws HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]
const message = Buffer.from('The quick brown fox jumps over the lazy dog.')
/** A text frame from a client is masked, here with zeros (RFC 6455 §5.2 and §5.3). */
const frame = Buffer.concat([Buffer.from([0x81, 0x80 | message.length, 0, 0, 0, 0]), message])
const echoBytes = 2 + message.length

let open = 0
let echoes = 0

for (let each = 0; each < clients; each++) {
  const socket = connect(port, '127.0.0.1', () => socket.write(`${handshake.join('\r\n')}\r\n\r\n`))
  socket.setNoDelay(true)
  let isOpen = false
  let received = 0
  socket.on('data', (chunk) => {
    if (!isOpen) {
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 101 ')) process.exit(1)
      isOpen = true
      open += 1
      if (open === clients) answerWith(() => echoes)
      socket.write(frame)
      return
    }
    received += chunk.length
    if (received < echoBytes) return
    received -= echoBytes
    echoes += 1
    socket.write(frame)
  })
  socket.on('close', () => process.exit(1))
}
