import type { Forwarding } from './forwarding.ts'
import { isValidHost } from './host.ts'

/** An answer to a request that is not handed to the app. */
export function refusal(status: number, reason: string, closes = true): Response {
  const headers = {
    'Content-Type': 'text/plain; charset=UTF-8',
    ...(closes && { Connection: 'close' }),
  }
  return new Response(`${status} ${reason}\n`, { status, headers })
}

/** What no parser of URLs changes: no dot segments, and nothing that it would encode. */
const plainPath = /^(?!.*(?:\/\.|%2e))[\w\-./~!$&'()*+,;=:@%?]*$/i

/**
 * The request as every adapter has it: a valid `Host` and a URL as the URL standard writes it, since
 * a path is checked in one place and used in another. The authority of an absolute-form target
 * stands in for the `Host` (RFC 9112 §3.2.2); its scheme counts for nothing.
 */
export function canonicalRequest(request: Request): Request | Response {
  const host = request.headers.get('host')
  if (host !== null && !isValidHost(host)) return refusal(400, 'Bad Request: an invalid Host')
  const coding = request.headers.get('transfer-encoding')
  if (coding !== null && coding.trim().toLowerCase() !== 'chunked') {
    return refusal(501, 'Not Implemented: a transfer coding other than chunked')
  }
  let given: string
  try {
    given = request.url
  } catch {
    // Bun makes the URL late, and cannot without a Host.
    return refusal(400, 'Bad Request: an invalid request target')
  }
  const origin = `http://${host ?? 'localhost'}`
  if (given.startsWith(origin) && plainPath.test(given.slice(origin.length))) return request
  const url = URL.parse(given)
  if (!url || url.username || url.password || !isValidHost(url.host)) {
    return refusal(400, 'Bad Request: an invalid request target')
  }
  url.protocol = 'http:'
  url.hash = ''
  const asked = URL.parse(origin)
  const isAbsolute = host !== null && asked?.host !== url.host
  if (!isAbsolute && host === null) url.host = 'localhost'
  if (url.href === given && !isAbsolute) return request
  const changed = new Request(url.href, request)
  if (isAbsolute) changed.headers.set('host', url.host)
  return changed
}

/** Gives a request the host and the scheme that a trusted proxy was asked for. */
export function forwardedRequest(
  request: Request,
  forwarding: Forwarding,
  remoteAddress: string | undefined,
): Request | Response {
  const asked = forwardedFields(request, remoteAddress)
  const host = forwarding.hostOf(asked)
  const isSecure = forwarding.isSecure(asked)
  if (host === undefined && !isSecure) return request
  if (host !== undefined && !isValidHost(host)) {
    return refusal(400, 'Bad Request: an invalid forwarded host')
  }
  const url = new URL(request.url)
  if (isSecure) url.protocol = 'https:'
  if (host !== undefined) url.host = host
  if (host !== undefined && !host.includes(':')) url.port = ''
  const changed = new Request(url.href, request)
  if (host !== undefined) changed.headers.set('host', host)
  return changed
}

const fields = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded']

/** What a proxy says of a request, and who it is. */
export function forwardedFields(
  { headers }: Request,
  remoteAddress: string | undefined,
): Parameters<Forwarding['clientOf']>[0] {
  const values = fields.map((name) => [name, headers.get(name) ?? undefined])
  return { headers: Object.fromEntries(values), socket: { remoteAddress } }
}

/** A request whose body fails, and tells, once it is larger than it may be. */
export function limitBody(request: Request, mostBytes: number, onLarge: () => void): Request {
  if (request.body === null || request.headers.has('content-length')) return request
  let receivedBytes = 0
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      receivedBytes += chunk.length
      if (receivedBytes <= mostBytes) return controller.enqueue(chunk)
      onLarge()
      controller.error(new Error(`the body is larger than ${mostBytes} bytes`))
    },
  })
  const init = { body: request.body.pipeThrough(counter), duplex: 'half' } as RequestInit
  return new Request(request, init)
}
