import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A service of two lines, that counts who calls it. */
export class Backing {
  requests = 0
  readonly url: string
  private readonly server: Server

  private constructor(server: Server) {
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', () => this.requests++)
  }

  static async open(): Promise<Backing> {
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json').end('{"title":"conform"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Backing(server)
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}
