import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'

const sessions = new Set<ClientHttp2Session>()

/** A session with a server under test, whose certificate nobody signed. */
export async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false })
  sessions.add(session)
  session.on('error', () => {})
  await once(session, 'remoteSettings')
  return session
}

/** For `afterEach`. */
export function closeSessions(): void {
  for (const session of sessions) session.destroy()
  sessions.clear()
}

export interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, any>>
  readonly body: string
  /** The code of the reset, 0 without one. */
  readonly code: number
}

/** One request on a session, to the end of its stream. */
export function ask(
  session: ClientHttp2Session,
  headers: string | OutgoingHttpHeaders,
  body?: string | Uint8Array,
): Promise<Answer> {
  const stream = open(session, headers, body === undefined)
  if (body !== undefined) stream.end(body)
  return answerOn(stream)
}

/** A stream whose request body, if it has one, is still to be sent. */
export function open(
  session: ClientHttp2Session,
  headers: string | OutgoingHttpHeaders,
  endStream = true,
): ClientHttp2Stream {
  const stream = session.request(typeof headers === 'string' ? { ':path': headers } : headers, {
    endStream,
  })
  stream.on('error', () => {})
  return stream
}

/** Resolves when the response is whole, or the stream closed in another way. */
export async function answerOn(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Answer['headers'] = {}
  let body = ''
  stream.on('response', (received) => void (headers = received))
  stream.setEncoding('utf8').on('data', (chunk: string) => void (body += chunk))
  // Until Node 26 a stream whose body was not wanted any more (RFC 9113 §8.1) never closes.
  await new Promise((resolve) => stream.once('end', resolve).once('close', resolve))
  return { status: headers[':status'], headers, body, code: stream.rstCode ?? 0 }
}

/** A TLS connection to a server under test. */
export async function secureConnect(port: number, alpn?: string): Promise<TLSSocket> {
  const socket = tlsConnect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    rejectUnauthorized: false,
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}
