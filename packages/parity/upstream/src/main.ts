import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { answers, type Origins } from './answers.ts'
import { parseMessage } from './message.ts'

/** A server that the probe asks with `fetch`: it reads and writes bytes, not requests. */
async function listen(origins: () => Origins): Promise<Server> {
  const server = createServer((socket) => {
    let text = ''
    // Who asked may hang up.
    socket.on('error', () => {})
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      const message = parseMessage(text)
      if (!message) return
      text = ''
      const [, name = '', argument = ''] = decodeURI(message.path).split(/[/?]/)
      const answer = answers[name] ?? answers['echo']!
      answer(message, socket, origins(), argument)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port
const originOf = (server: Server) => `http://127.0.0.1:${portOf(server)}`

const first = await listen(() => ({ same: originOf(first), other: originOf(second) }))
const second = await listen(() => ({ same: originOf(second), other: originOf(first) }))
process.stdout.write(`${JSON.stringify({ message: 'listening', port: portOf(first) })}\n`)
