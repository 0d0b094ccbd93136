import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A server that resets each connection when it is asked something. */
export async function startDropping(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.resetAndDestroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

/** Where nobody listens. */
export const nowhere = 'http://127.0.0.1:1'
