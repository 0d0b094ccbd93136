import type { IncomingMessage } from 'node:http'

/** Why a request is not handed to the app. */
export interface Refusal {
  readonly status: 400 | 501
  readonly reason: string
}

/** A host and an optional port (RFC 9110 §7.2): a name, an IPv4 address or an IPv6 one in brackets. */
const validHost = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i

/**
 * Refuses what Node's parser lets through although the standard does not, since a proxy in front may
 * read it otherwise (request smuggling):
 *
 * - more than one `Host`, or one that is no host (RFC 9112 §3.2)
 * - `Transfer-Encoding` in HTTP/1.0 (RFC 9112 §6.1), or any coding but `chunked` (501, ibid.)
 * - an absolute-form target whose authority is not the `Host` (RFC 9112 §3.2.2); one that matches is
 *   made origin-form, so that neither host nor scheme come from it
 */
export function refuseIfMalformed(incoming: IncomingMessage): Refusal | undefined {
  const { rawHeaders } = incoming
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
  if (host !== undefined && !validHost.test(host))
    return { status: 400, reason: 'Bad Request: an invalid Host' }
  return incoming.url!.charCodeAt(0) === slash ? undefined : toOriginForm(incoming, host)
}

const slash = '/'.charCodeAt(0)

function toOriginForm(incoming: IncomingMessage, host: string | undefined): Refusal | undefined {
  const target = incoming.url!
  if (target === '*' && incoming.method === 'OPTIONS') return undefined
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? []
  if (authority === undefined)
    return { status: 400, reason: 'Bad Request: an invalid request target' }
  if (authority.toLowerCase() !== (host ?? authority).toLowerCase() || !validHost.test(authority)) {
    return { status: 400, reason: 'Bad Request: a target whose authority is not the Host' }
  }
  incoming.url = rest!.startsWith('/') ? rest! : `/${rest!}`
  return undefined
}
