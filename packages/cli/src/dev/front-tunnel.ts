import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { ServerFrames } from './front-frames.ts'
import type { Backend } from './front-forward.ts'

/** Whether the request asks to leave HTTP for WebSocket: only a GET can (RFC 6455 §4.1). */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/** A request to upgrade on its way, and all that follows it. */
export interface Tunnel {
  /** Resolves when it is over. */
  readonly done: Promise<void>
  /** Has the client close, and come back: 1012. */
  readonly close: () => void
}

/** Passes a request to upgrade, and all that follows it, both ways as raw bytes. */
export function tunnel(
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
  { host, port }: Backend,
): Tunnel {
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const upstream = connect({ host, port, noDelay: true })
  const frames = new ServerFrames()
  const end = () => {
    client.destroy()
    upstream.destroy()
    resolve()
  }
  for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
  upstream.once('connect', () => {
    upstream.write(rawHead(incoming), 'latin1')
    upstream.write(head)
    client.pipe(upstream).pipe(frames).pipe(client)
  })
  return { done, close: () => frames.close() }
}

function rawHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`
  }
  return `${text}\r\n`
}
