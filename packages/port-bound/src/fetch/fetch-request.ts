import { refusal } from '@mooring/core/adapter'
import type { Forwarding } from '../forwarding.ts'
import { isValidHost } from '../host.ts'

/** What no parser of URLs changes: no dot segments, and nothing that it would encode. */
const plainPath = /^(?!.*(?:\/\.|%2e))[\w\-./~!$&()*+,;=:@%?]*$/i

/** Of these a backslash is a slash to the URL standard, and none to a proxy (RFC 3986 §3.3). */
const noPath = /[\\<>`]/

/** RFC 3986 §3.4; nor is anything beyond ASCII a part of a target (§2). */
const noQuery = /[<>"]/
const noTarget = /[^\x21-\x7e]/

/** What an absolute-form target begins with: a scheme of HTTP and a host that is not encoded. */
const ofHttp = /^https?:\/\/[^/?#%]/i

/** A host as the URL standard writes it, without the port that `http` has anyway. */
const plainHost = /^(?!.*:80$)[a-z0-9.-]+(?::[1-9]\d*)?$/

/** Those that Node knows. Any other is 501 (RFC 9110 §9.1), and so is CONNECT: this is no proxy. */
const methods = new Set(
  'ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
)

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
  const length = request.headers.get('content-length')
  // Two that are the same are joined: no limit would count such a body (RFC 9112 §6.3).
  if (length !== null && !/^\d+$/.test(length)) {
    return refusal(400, 'Bad Request: an invalid Content-Length')
  }
  const origin = `http://${host ?? 'localhost'}`
  const given = targetOf(request, origin)
  if (!methods.has(request.method)) return refusal(501, 'Not Implemented: an unknown method')
  // `OPTIONS *` is about the server, not about anything that an app has (RFC 9110 §9.3.7).
  if (request.method === 'OPTIONS' && given === `${origin}/*`) return new Response('200 OK\n')
  const isPlain = host !== null && plainHost.test(host) && given.startsWith(`${origin}/`)
  if (isPlain && plainPath.test(given.slice(origin.length))) return request
  const [path, query] = splitAt(given, '?')
  const isNone =
    noPath.test(path) || noQuery.test(query) || noTarget.test(given) || !ofHttp.test(given)
  const url = isNone ? null : URL.parse(given)
  if (!url || url.username || url.password || !isValidHost(url.host)) {
    return refusal(400, 'Bad Request: an invalid request target')
  }
  url.protocol = 'http:'
  url.hash = ''
  // Without a Host the URL has the authority of HTTP/2 (RFC 9113 §8.3.1), what Deno listens at, or,
  // on Bun, the path alone.
  const isOther =
    host === null ? url.hostname !== 'localhost' : URL.parse(origin)?.host !== url.host
  if (host === null && !isOther) url.port = ''
  if (host !== null && url.href === given && !isOther) return request
  const changed = new Request(url.href, request)
  if (isOther) changed.headers.set('host', url.host)
  return changed
}

/** The URL of a request. Bun has the path alone where there is no Host. */
function targetOf(request: Request, origin: string): string {
  try {
    const { url } = request
    return url.startsWith('/') ? origin + url : url
  } catch {
    return ''
  }
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
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
