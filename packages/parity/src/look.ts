import type { RequestStep } from './cases/case.ts'
import { type Observation, observeFetched, observeNothing } from './observation.ts'
import type { Address } from './wire/connection.ts'

/** Until a whole response has come. */
const answerMs = 15_000

/** What may be asked twice without changing what the first has done (RFC 9110 §9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Fields of a connection, which a client sets itself. */
const ofClient = new Set([
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A step as a standard client sends it. */
export interface FetchRequest {
  readonly method: string
  /** The path and the query. */
  readonly target: string
  readonly headers: Headers
  readonly body: Buffer<ArrayBuffer> | undefined
}

/**
 * A step as a standard client can send it and may repeat it; `undefined` where it cannot: another
 * method than the idempotent ones, a target that a URL would write otherwise, a host of its own, a
 * field in two lines or of a connection, a body that is not as long as announced, an answer that is not read to its end or
 * comes in time only.
 */
export function fetchRequestOf(step: RequestStep): FetchRequest | undefined {
  const { bytes, method, events, abortAfterBytes, waitMs, eventually } = step
  const isRead = events === undefined && abortAfterBytes === undefined && waitMs === undefined
  if (step.leaves !== undefined || step.isRest) return undefined
  if (!isRead || eventually || !idempotent.has(method)) return undefined
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
  const target = /^[A-Z]+ (\/\S*) HTTP\/1\.1$/.exec(first)?.[1]
  const headers = headersOf(lines)
  if (target === undefined || !isWrittenByUrl(target) || !headers) return undefined
  const body = Buffer.from(bytes.subarray(end + 4))
  if (body.length !== Number(headers.get('content-length') ?? 0)) return undefined
  if (body.length > 0 && (method === 'GET' || method === 'HEAD')) return undefined
  headers.delete('content-length')
  return { method, target, headers, body: body.length > 0 ? body : undefined }
}

/** The fields of a request; `undefined` where a standard client does not send them like this. */
function headersOf(lines: readonly string[]): Headers | undefined {
  const headers = new Headers()
  for (const line of lines) {
    const [, name, value] = /^([^\s:]+):[ \t]*([\t -~\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    if (ofClient.has(name.toLowerCase())) return undefined
    try {
      if (headers.has(name)) return undefined
      headers.set(name, value)
    } catch {
      return undefined
    }
  }
  // `fetch` fills in the host that it connects to.
  if (headers.get('host') !== 'localhost') return undefined
  headers.delete('host')
  return headers
}

function isWrittenByUrl(target: string): boolean {
  const url = URL.parse(`http://localhost${target}`)
  return url !== null && `${url.pathname}${url.search}` === target && url.host === 'localhost'
}

/**
 * Asks a target with Node's own `fetch`, on a connection of its own: one that is kept would hold up a
 * process that is about to end.
 */
export async function look(
  { host, port }: Address,
  { method, target, headers, body }: FetchRequest,
): Promise<Observation> {
  const sent = new Headers(headers)
  sent.set('connection', 'close')
  try {
    const response = await fetch(`http://${host}:${port}${target}`, {
      method,
      headers: sent,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
      ...(body && { body }),
    })
    const content = await response.arrayBuffer().then(Buffer.from, () => undefined)
    return observeFetched(method, response, content, `${host}:${port}`)
  } catch {
    return observeNothing('fetch failed')
  }
}
