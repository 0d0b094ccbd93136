import { Agent, type IncomingMessage, request as sendRequest, type ServerResponse } from 'node:http'

/** A process that answers for a side. */
export interface Backend {
  readonly host: string
  readonly port: number
  /** Its idle connections, for requests that may be sent twice. */
  readonly agent: Agent
}

/** Makes a backend of what listens on this machine. */
export function createBackend(port: number): Backend {
  return { host: '127.0.0.1', port, agent: new Agent({ keepAlive: true }) }
}

/** What became of a request. */
export type Outcome =
  /** The client has its answer, or is gone. */
  | 'answered'
  /** Nothing reached the backend. */
  | 'unreached'
  /** The backend broke off before it answered, and the request may be sent again. */
  | 'interrupted'
  /** The same, and the request may have had its effect. */
  | 'broken'

/**
 * Called when the head of an answer is there; for an event stream with what ends it, so that its
 * reader comes back.
 */
export type OnHead = (endStream: (() => void) | undefined) => void

/** RFC 9110 §7.6.1: these belong to one connection, not to the message. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** RFC 9110 §9.2.2. */
const idempotent: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
])

/** Node announces a chunked body for every other method. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'])

/**
 * Sends one request on and its answer back, both as streams. Heads are passed on as they were
 * written: order, case and repetitions, nothing added.
 */
export function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  backend: Backend,
  onHead: OnHead,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const { method = 'GET' } = incoming
  const framed = 'content-length' in incoming.headers || 'transfer-encoding' in incoming.headers
  const hasBody = framed && incoming.headers['content-length'] !== '0'
  const repeatable = !hasBody && idempotent.has(method)
  let connected = false
  let answered = false

  const upstream = sendRequest({
    host: backend.host,
    port: backend.port,
    method,
    path: incoming.url,
    headers: requestHead(incoming, framed),
    setHost: false,
    // A server closes idle connections as it likes. What cannot be sent again gets a new one.
    agent: repeatable ? backend.agent : false,
  })

  const begin = () => {
    connected = true
    if (!hasBody) return void upstream.end()
    // The head goes first: with `Expect: 100-continue` there is no body before the backend has it.
    upstream.flushHeaders()
    incoming.pipe(upstream)
  }
  upstream.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', begin)
    else begin()
  })

  upstream.on('continue', () => outgoing.writeContinue())
  upstream.on('information', ({ statusCode, headers }) => {
    if (statusCode === 103 && headers.link) outgoing.writeEarlyHints({ link: headers.link })
  })
  upstream.on('response', (answer) => {
    answered = true
    const isStream = /^text\/event-stream/i.test(answer.headers['content-type'] ?? '')
    const endStream = () => {
      answer.unpipe(outgoing)
      outgoing.end(() => upstream.destroy())
    }
    onHead(isStream ? endStream : undefined)
    outgoing.sendDate = false
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer))
    outgoing.flushHeaders()
    answer.on('end', () => outgoing.addTrailers(pairs(answer.rawTrailers)))
    answer.on('error', () => outgoing.destroy())
    answer.pipe(outgoing)
  })
  upstream.on('error', () => {
    incoming.unpipe(upstream)
    if (answered) return outgoing.destroy()
    if (!connected) resolve('unreached')
    else resolve(repeatable ? 'interrupted' : 'broken')
  })
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) upstream.destroy()
    resolve('answered')
  })
  return promise
}

function requestHead(incoming: IncomingMessage, framed: boolean): readonly string[] {
  const head = endToEnd(incoming)
  head.push('Connection', 'keep-alive')
  if ('transfer-encoding' in incoming.headers) head.push('Transfer-Encoding', 'chunked')
  // RFC 9112 §6.3: without either header there is no body.
  else if (!framed && !bodiless.has(incoming.method ?? '')) head.push('Content-Length', '0')
  return head
}

/** The raw header list without what belongs to the connection. */
function endToEnd({ rawHeaders, headers }: IncomingMessage): string[] {
  const nominated = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const kept: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!]
    const key = name.toLowerCase()
    if (!hopByHop.has(key) && !nominated.includes(key)) kept.push(name, value)
  }
  return kept
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[at * 2]!, raw[at * 2 + 1]!])
}
