import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((_, response) => response.writeHead(404).end())
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  // As text, which is what an app gets of a text message.
  socket.on('message', (data: Buffer, isBinary) => socket.send(isBinary ? data : data.toString()))
})
server.listen(Number(process.env['PORT']))
