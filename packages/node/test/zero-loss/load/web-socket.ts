import { WebSocket } from 'ws'
import { UnexpectedEnd, WrongAnswer } from '../tally.ts'
import { type Client, type Kind, type Target, timeoutMs } from './client.ts'

/** Connections that stay open. A request is a message, and its answer the same message. */
export const webSockets: Kind = {
  name: 'WebSocket, kept open',
  pauseMs: 50,
  open: (target) => Array.from({ length: 4 }, () => createClient(target)),
}

/** A handshake for each message. */
export const newWebSockets: Kind = {
  name: 'WebSocket, new connection',
  pauseMs: 80,
  open: (target) =>
    [createClient(target), createClient(target)].map(({ ask, close }) => ({
      ask: (attempt) => ask(attempt).finally(close),
      close,
    })),
}

/** Service Restart, in IANA's registry of RFC 6455 §7.4.1: the client is to come again. */
const serviceRestart = 1012

interface Connection {
  /** @returns whether the connection was open for it */
  readonly send: (message: string) => boolean
  /** Resolves with the next message, or with the code that the connection was closed with. */
  readonly next: () => Promise<string | number>
  readonly close: () => void
}

function createClient(target: Target): Client {
  let current: (Connection & { readonly servedBy: number }) | undefined
  let count = 0

  async function connected(): Promise<NonNullable<typeof current>> {
    if (current) return current
    const opened = await connect(target)
    // The server says first who it is.
    const first = await opened.next()
    // A close that comes before is for whoever asks next.
    const next = typeof first === 'number' ? async () => first : opened.next
    return (current = { ...opened, next, servedBy: Number(first) })
  }

  return {
    async ask(attempt) {
      const message = `message ${count++}`
      for (;;) {
        const { send, next, servedBy } = await connected()
        attempt.servedBy = servedBy
        const isSent = send(message)
        const answer = await next()
        if (answer === message) return
        current = undefined
        if (typeof answer === 'string') throw new WrongAnswer(`${answer} to ${message}`)
        // No answer can follow the server's close frame (RFC 6455 §5.5.1).
        if (answer !== serviceRestart) throw new UnexpectedEnd(`WebSocket closed with ${answer}`)
        if (isSent) attempt.again += 1
      }
    },
    close() {
      current?.close()
      current = undefined
    },
  }
}

async function connect({ host, port }: Target): Promise<Connection> {
  const socket = new WebSocket(`ws://${host}:${port}/echo`, { handshakeTimeout: timeoutMs })
  const received: (string | number)[] = []
  let heard = () => {}
  const hear = (what: string | number) => {
    received.push(what)
    heard()
  }
  socket.on('message', (data: Buffer) => hear(data.toString()))
  socket.on('close', (code) => hear(code))
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve).on('error', reject)
    socket.on('unexpected-response', (_, { statusCode }) => {
      reject(new WrongAnswer(`${statusCode} to the handshake`))
      socket.terminate()
    })
  })
  return {
    // One that has been closed meanwhile says so at next().
    send(message) {
      const isOpen = socket.readyState === WebSocket.OPEN
      if (isOpen) socket.send(message)
      return isOpen
    },
    async next() {
      const deadline = setTimeout(() => hear(NaN), timeoutMs)
      while (received.length === 0) await new Promise<void>((resolve) => (heard = resolve))
      clearTimeout(deadline)
      const what = received.shift()!
      if (!Number.isNaN(what)) return what
      throw new DOMException(`no message for ${timeoutMs} ms`, 'TimeoutError')
    },
    close: () => socket.close(),
  }
}
