import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFront, type Front } from './front.ts'
import { recoveryPath } from './fault-page.ts'

let front: Front
let frontPort: number
let servers: Server[] = []

beforeEach(async () => {
  front = createFront('port-bound')
  frontPort = await listen(front.createServer())
})

afterEach(async () => {
  front.destroy()
  await front.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  servers = []
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function backend(
  handler: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer(handler)
  servers.push(server)
  return { server, port: await listen(server) }
}

const url = (path = '/') => `http://127.0.0.1:${frontPort}${path}`

/** Asks the way a browser asks for a page; `fetch` sets Fetch Metadata of its own. */
async function navigate(): Promise<{
  status: number | undefined
  type: string | undefined
  body: string
}> {
  const headers = { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' }
  const [answer] = (await once(request(url(), { headers }).end(), 'response')) as [IncomingMessage]
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    body: await text(answer),
  }
}

/** Sends bytes, and reads until the other side closes or `until` was read. */
async function raw(bytes: string, until?: string): Promise<string> {
  const socket = connect(frontPort, '127.0.0.1')
  socket.write(bytes, 'latin1')
  let read = ''
  for await (const chunk of socket) {
    read += (chunk as Buffer).toString('latin1')
    if (until !== undefined && read.includes(until)) break
  }
  socket.destroy()
  return read
}

describe('what passes through', () => {
  test('the head of a request arrives as it was written', async () => {
    const seen = Promise.withResolvers<string>()
    const server = createTcpServer((socket: Socket) => {
      socket.once('data', (data) => {
        seen.resolve(data.toString('latin1'))
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    front.serveFrom((server.address() as AddressInfo).port)
    await raw(
      'GET /a%20b?c=%E4&c=2 HTTP/1.1\r\nHost: example.test:5000\r\nX-Repeated: one\r\nx-repeated: two\r\n' +
        'Cookie: a=1\r\nCookie: b=2\r\nX-Latin: caf\xe9\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n',
    )
    server.close()
    expect(await seen.promise).toBe(
      'GET /a%20b?c=%E4&c=2 HTTP/1.1\r\nHost: example.test:5000\r\nX-Repeated: one\r\nx-repeated: two\r\n' +
        'Cookie: a=1\r\nCookie: b=2\r\nX-Latin: caf\xe9\r\nConnection: keep-alive\r\n\r\n',
    )
  })

  test('the head of an answer arrives as it was written, with nothing added', async () => {
    const { port } = await backend((_, outgoing) => {
      outgoing.sendDate = false
      outgoing.writeHead(299, 'Quite Fine', [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'x-MiXed',
        'yes',
        'Content-Length',
        '2',
      ])
      outgoing.end('ok')
    })
    front.serveFrom(port)
    const answer = await raw('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer).toBe(
      'HTTP/1.1 299 Quite Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-MiXed: yes\r\n' +
        'Content-Length: 2\r\nConnection: close\r\n\r\nok',
    )
  })

  test.each(['POST', 'PUT', 'PATCH'])('a %s without a body has none behind', async (method) => {
    const { port } = await backend(async (incoming, outgoing) => {
      const body = await text(incoming)
      outgoing.end(JSON.stringify([incoming.headers['transfer-encoding'] ?? 'none', body]))
    })
    front.serveFrom(port)
    const answer = await raw(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(answer).toContain('["none",""]')
  })

  test('a body goes both ways in chunks, and trailers with it', async () => {
    const { port } = await backend((incoming, outgoing) => {
      outgoing.writeHead(200, { Trailer: 'X-Sum' })
      incoming.on('data', (chunk: Buffer) => outgoing.write(chunk.toString().toUpperCase()))
      incoming.on('end', () => {
        outgoing.addTrailers({ 'X-Sum': '3' })
        outgoing.end()
      })
    })
    front.serveFrom(port)
    const sent = request(url(), { method: 'POST' })
    sent.write('a')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const [first] = (await once(answer, 'data')) as [Buffer]
    expect(first.toString()).toBe('A')
    sent.end('bc')
    expect(await text(answer)).toBe('BC')
    expect(answer.trailers).toEqual({ 'x-sum': '3' })
  })

  test('a client that waits for 100 Continue gets the backend’s', async () => {
    const server = createServer()
    servers.push(server)
    server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (incoming.url === '/refused') return void outgoing.writeHead(417).end()
      outgoing.writeContinue()
      incoming.pipe(outgoing)
    })
    front.serveFrom(await listen(server))
    const accepted = request(url(), { method: 'POST', headers: { Expect: '100-continue' } })
    accepted.flushHeaders()
    await once(accepted, 'continue')
    accepted.end('body')
    const [answer] = (await once(accepted, 'response')) as [IncomingMessage]
    expect(await text(answer)).toBe('body')

    const refused = request(url('/refused'), {
      method: 'POST',
      headers: { Expect: '100-continue' },
    })
    refused.flushHeaders()
    const [refusal] = (await once(refused, 'response')) as [IncomingMessage]
    expect(refusal.statusCode).toBe(417)
    refused.destroy()
  })

  test('an event stream arrives event by event, and its end is passed back', async () => {
    const gone = Promise.withResolvers<void>()
    const { port } = await backend((_, outgoing) => {
      outgoing.writeHead(200, { 'Content-Type': 'text/event-stream' })
      outgoing.flushHeaders()
      setTimeout(() => outgoing.write('data: 1\n\n'), 50)
      outgoing.on('close', () => gone.resolve())
    })
    front.serveFrom(port)
    const aborting = new AbortController()
    const answer = await fetch(url(), { signal: aborting.signal })
    const { value } = await answer.body!.getReader().read()
    expect(new TextDecoder().decode(value)).toBe('data: 1\n\n')
    aborting.abort()
    await gone.promise
  })

  test('an answer that breaks off breaks off here too', async () => {
    const { port } = await backend((_, outgoing) => {
      outgoing.writeHead(200, { 'Content-Length': '10' })
      outgoing.write('half', () => outgoing.destroy())
    })
    front.serveFrom(port)
    const answer = await fetch(url())
    await expect(answer.text()).rejects.toThrow()
  })

  test('WebSocket bytes go both ways', async () => {
    const server = createServer()
    servers.push(server)
    server.on('upgrade', (incoming, socket, head) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Host: ${incoming.headers.host}\r\n\r\n`,
      )
      socket.write(head)
      socket.pipe(socket)
    })
    front.serveFrom(await listen(server))
    const answer = await raw(
      'GET /ws HTTP/1.1\r\nHost: ws.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello',
      'hello',
    )
    expect(answer).toMatch(/^HTTP\/1.1 101 [^]*X-Host: ws.test\r\n\r\n\x81\x05hello$/)
  })
})

describe('while the side starts or reloads', () => {
  test('requests wait until somebody answers', async () => {
    const asked = fetch(url())
    const { port } = await backend((_, outgoing) => outgoing.end('first'))
    await delay(50)
    front.serveFrom(port)
    expect(await (await asked).text()).toBe('first')
  })

  test('held requests go to the version that comes next', async () => {
    const old = await backend((_, outgoing) => outgoing.end('old'))
    const next = await backend((_, outgoing) => outgoing.end('new'))
    front.serveFrom(old.port)
    expect(await (await fetch(url())).text()).toBe('old')
    front.hold()
    const asked = fetch(url())
    await delay(50)
    front.serveFrom(next.port)
    expect(await (await asked).text()).toBe('new')
  })

  test('idle waits for answers on their way, and not for streams', async () => {
    const finish = Promise.withResolvers<void>()
    const { port } = await backend(async (incoming, outgoing) => {
      if (incoming.url === '/stream') {
        outgoing.writeHead(200, { 'Content-Type': 'text/event-stream' })
        return outgoing.flushHeaders()
      }
      await finish.promise
      outgoing.end('done')
    })
    front.serveFrom(port)
    const stream = await fetch(url('/stream'))
    await front.idle(10_000)
    const asked = fetch(url())
    await delay(50)
    let isIdle = false
    const idle = front.idle(10_000).then(() => (isIdle = true))
    await delay(50)
    expect(isIdle).toBe(false)
    finish.resolve()
    expect(await (await asked).text()).toBe('done')
    await idle
    await stream.body!.cancel()
  })

  test('idle waits no longer than it is told to', async () => {
    const { port } = await backend(() => {})
    front.serveFrom(port)
    const asked = fetch(url())
    await delay(50)
    await front.idle(20)
    front.destroy()
    await expect(asked).rejects.toThrow()
  })

  test('a request that reaches nobody is sent to the version that comes next', async () => {
    const gone = await backend(() => {})
    gone.server.close()
    front.serveFrom(gone.port)
    const asked = fetch(url(), { method: 'POST', body: 'once' })
    const next = await backend(async (incoming, outgoing) => outgoing.end(await text(incoming)))
    await delay(100)
    front.serveFrom(next.port)
    expect(await (await asked).text()).toBe('once')
  })

  test('a request that may be repeated is, when its backend breaks off before an answer', async () => {
    let tries = 0
    const { port } = await backend((incoming, outgoing) => {
      tries++
      if (tries === 1) incoming.socket.destroy()
      else outgoing.end('second try')
    })
    front.serveFrom(port)
    expect(await (await fetch(url())).text()).toBe('second try')
  })

  test('a request that ends its backend twice is not sent a third time', async () => {
    let tries = 0
    const { port } = await backend((incoming) => {
      tries++
      incoming.socket.destroy()
    })
    front.serveFrom(port)
    expect((await fetch(url())).status).toBe(502)
    expect(tries).toBe(2)
  })

  test('a POST is not repeated: it may have had its effect', async () => {
    let tries = 0
    const { port } = await backend((incoming) => {
      tries++
      incoming.resume().on('end', () => incoming.socket.destroy())
    })
    front.serveFrom(port)
    const answer = await fetch(url(), { method: 'POST', body: 'once' })
    expect(answer.status).toBe(502)
    expect(tries).toBe(1)
  })

  test('a client that gives up while it waits is forgotten', async () => {
    let asked = 0
    const { port } = await backend((_, outgoing) => {
      asked++
      outgoing.end()
    })
    await expect(fetch(url(), { signal: AbortSignal.timeout(50) })).rejects.toThrow()
    await delay(50)
    front.serveFrom(port)
    await fetch(url('/second'))
    expect(asked).toBe(1)
  })
})

describe('while the latest save is broken', () => {
  const fault = { title: 'The code does not compile', text: 'app.ts:1:2 <script>alert(1)</script>' }

  test('a page shows the fault, everything else is answered by the last good version', async () => {
    const { port } = await backend((_, outgoing) => outgoing.end('good'))
    front.serveFrom(port)
    front.setFault(fault)
    const page = await navigate()
    expect(page).toMatchObject({ status: 500, type: 'text/html; charset=utf-8' })
    expect(page.body).toContain('app.ts:1:2 &lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page.body).not.toContain('<script>alert')
    expect(await (await fetch(url())).text()).toBe('good')
    front.setFault(undefined)
    expect((await navigate()).body).toBe('good')
  })

  test('without any good version everybody is told, in what they read', async () => {
    front.setFault(fault)
    front.lose()
    const answer = await fetch(url('/api'))
    expect(answer.status).toBe(500)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toBe(`${fault.title}\n\n${fault.text}\n`)
    expect((await navigate()).body).toContain('<!doctype html>')
  })

  test('the page learns that the side recovered', async () => {
    front.setFault(fault)
    const waiting = await fetch(url(recoveryPath))
    const { port } = await backend((_, outgoing) => outgoing.end('good'))
    front.serveFrom(port)
    front.setFault(undefined)
    expect(await waiting.text()).toBe('event: recovered\ndata:\n\n')
    // A page that comes back after the command was started anew learns it at once.
    expect(await (await fetch(url(recoveryPath))).text()).toBe('event: recovered\ndata:\n\n')
  })
})

test('closing finishes what is being answered, and turns away what waits', async () => {
  const asked = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const { port } = await backend(async (_, outgoing) => {
    asked.resolve()
    await finish.promise
    outgoing.end('finished')
  })
  front.serveFrom(port)
  const answered = fetch(url())
  await asked.promise
  front.hold()
  const waiting = fetch(url())
  // Nothing tells when a request waits: a busy machine gets the time that it takes there.
  await delay(500)
  const closed = front.close()
  expect((await waiting).status).toBe(503)
  finish.resolve()
  expect(await (await answered).text()).toBe('finished')
  await closed
})
