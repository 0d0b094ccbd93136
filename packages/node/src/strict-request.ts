import { IncomingMessage } from 'node:http'
import { isValidHost } from '@mooring/port-bound'

/** The answer to a request that is not handed to the app. */
export interface Refusal {
  readonly status: 200 | 400 | 431 | 501 | 505
  readonly reason: string
}

const invalidHost: Refusal = { status: 400, reason: 'Bad Request: an invalid Host' }
const invalidTarget: Refusal = { status: 400, reason: 'Bad Request: an invalid request target' }

/** As in nginx. Node would leave out what comes after 2,000, unseen by all that is checked here. */
const mostFields = 1_000

/** `OPTIONS *` is about the server, not about anything that an app has (RFC 9110 §9.3.7). */
const aboutTheServer: Refusal = { status: 200, reason: 'OK' }

/**
 * Refuses what Node's parser lets through although the standard does not, since a proxy in front may
 * read it otherwise (request smuggling):
 *
 * - another version in the syntax of HTTP/1.1, and the request without any that was HTTP/0.9 (505,
 *   RFC 9112 §2.3)
 * - more than 1,000 fields (431, RFC 6585 §5)
 * - more than one `Host`, or one that is no host (RFC 9112 §3.2)
 * - `Transfer-Encoding` in HTTP/1.0 (RFC 9112 §6.1), or any coding but `chunked` (501, ibid.)
 *
 * An absolute-form target is made origin-form. Its authority stands in for the `Host`, which must be
 * ignored (RFC 9112 §3.2.2), everywhere the app can see one: every proxy reads it the same way. Its
 * scheme counts for nothing.
 */
export function refuseIfMalformed(incoming: IncomingMessage): Refusal | undefined {
  const { rawHeaders } = incoming
  if (incoming.httpVersionMajor !== 1 && incoming instanceof IncomingMessage) {
    return { status: 505, reason: 'HTTP Version Not Supported: not 1.0 or 1.1' }
  }
  if (rawHeaders.length > mostFields * 2 && incoming.httpVersionMajor === 1) {
    return {
      status: 431,
      reason: `Request Header Fields Too Large: more than ${mostFields} fields`,
    }
  }
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length === 4 && name.toLowerCase() === 'host') {
      if (host !== undefined) return { status: 400, reason: 'Bad Request: more than one Host' }
      host = rawHeaders[index + 1]!
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (incoming.httpVersionMinor === 0) {
        return { status: 400, reason: 'Bad Request: Transfer-Encoding in HTTP/1.0' }
      }
      if (rawHeaders[index + 1]!.trim().toLowerCase() !== 'chunked') {
        return { status: 501, reason: 'Not Implemented: a transfer coding other than chunked' }
      }
    }
  }
  if (host !== undefined) {
    if (!isValidHost(host)) return invalidHost
    if (host.charCodeAt(host.length - 1) === colon) setHost(incoming, host)
  }
  if (oddCharacter.test(incoming.url!) && !isTarget(incoming)) return invalidTarget
  return incoming.url!.charCodeAt(0) === slash ? undefined : toOriginForm(incoming)
}

/** What may make a target none, or means nothing in one. */
const oddCharacter = /["#'<>\\`]/

/**
 * Takes the fragment off, which is no part of a target (RFC 9112 §3.2.1), and refuses what RFC 3986
 * allows in none and Workers refuse too: a path that two readers read in two ways.
 */
function isTarget(incoming: IncomingMessage): boolean {
  const [target] = incoming.url!.split('#', 1) as [string]
  const at = target.indexOf('?')
  const path = at < 0 ? target : target.slice(0, at)
  const query = at < 0 ? '' : target.slice(at)
  // The one character that a URL's parser encodes and @hono/node-server does not.
  incoming.url = path + query.replaceAll("'", '%27')
  return !/[<>\\`]/.test(path) && !/["<>]/.test(query)
}

const slash = '/'.charCodeAt(0)
const colon = ':'.charCodeAt(0)

function toOriginForm(incoming: IncomingMessage): Refusal | undefined {
  const target = incoming.url!
  if (target === '*' && incoming.method === 'OPTIONS') return aboutTheServer
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? []
  if (authority === undefined || !isValidHost(authority)) return invalidTarget
  incoming.url = rest!.startsWith('/') ? rest! : `/${rest!}`
  setHost(incoming, authority)
  return undefined
}

/** Makes a valid host the one `Host` of a request. A colon without a port after it means nothing. */
export function setHost(incoming: IncomingMessage, host: string): void {
  const { rawHeaders } = incoming
  const value = host.endsWith(':') ? host.slice(0, -1) : host
  incoming.headers.host = value
  const index = rawHeaders.findIndex(
    (name, position) => position % 2 === 0 && name.toLowerCase() === 'host',
  )
  if (index >= 0) rawHeaders[index + 1] = value
  else rawHeaders.push('Host', value)
}
