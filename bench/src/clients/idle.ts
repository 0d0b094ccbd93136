import { connect, type Socket } from 'node:net'
import { answerWith } from './counting.ts'

// node src/clients/idle.ts <port> <clients>: makes one request on each connection, and keeps it.

const [port, clients] = process.argv.slice(2).map(Number) as [number, number]
const request = 'GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n'
/** At once: the accept queue is 511 long. */
const atOnce = 200
const sockets = new Set<Socket>()
let begun = 0
let answered = 0

function next(): void {
  if (begun === clients) return
  begun += 1
  const socket = connect(port, '127.0.0.1', () => socket.write(request))
  sockets.add(socket)
  socket.once('data', () => {
    answered += 1
    if (answered === clients) answerWith(() => sockets.size)
    else next()
  })
  socket.on('close', () => sockets.delete(socket))
  socket.on('error', () => {})
}

for (let each = 0; each < atOnce; each++) next()
