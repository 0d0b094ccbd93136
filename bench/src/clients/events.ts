import { connect } from 'node:net'
import { answerWith } from './counting.ts'

// node src/clients/events.ts <port> <clients>: reads an event stream on each connection.

const [port, clients] = process.argv.slice(2).map(Number) as [number, number]
const request = 'GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n'
let open = 0
let events = 0

for (let each = 0; each < clients; each++) {
  const socket = connect(port, '127.0.0.1', () => socket.write(request))
  let isOpen = false
  socket.on('data', (chunk) => {
    if (!isOpen) {
      isOpen = true
      open += 1
      if (open === clients) answerWith(() => events)
    }
    for (let at = chunk.indexOf('data:'); at >= 0; at = chunk.indexOf('data:', at + 1)) events += 1
  })
  socket.on('close', () => process.exit(1))
}
