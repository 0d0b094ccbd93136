import type { Forwarding } from '@mooring/port-bound'
import type { Incoming } from './request-body.ts'

/** A target that a URL parser would leave as it is. Where it is in doubt, the parser is asked. */
const plainTarget = /^\/[!#$&-;=?-[\]_a-z~]*$/
const dotSegment = /\/\.\.?(?:[/?#]|$)/

/** No URL can be made of the target of a request. */
export class InvalidTarget extends Error {}

/** Makes the URL of a request whose host and target have been checked. */
export type UrlOf = (incoming: Incoming) => string

/**
 * @param forwarding says over what a trusted proxy was asked; `undefined` where none is trusted
 */
export function createUrlOf(forwarding: Forwarding | undefined): UrlOf {
  // Requests that follow each other mostly ask the same.
  let last = { host: '', isSecure: false, origin: '' }

  return (incoming) => {
    const { encrypted = false } = incoming.socket as { encrypted?: boolean }
    const isSecure = forwarding?.isSecure(incoming) ?? encrypted
    // HTTP/1.0 needs no Host, and the checks of old load balancers send none (RFC 9112 §3.2).
    const { host = 'localhost' } = incoming.headers
    if (host !== last.host || isSecure !== last.isSecure) {
      const { origin, hostname } = new URL(`${isSecure ? 'https' : 'http'}://${host}`)
      // An address of IPv6 that is written otherwise: a proxy in front may compare it as it is.
      if (hostname !== host.replace(/:\d*$/, '').toLowerCase()) throw new InvalidTarget(host)
      last = { host, isSecure, origin }
    }
    const { origin } = last
    const target = incoming.url!
    const isPlain = plainTarget.test(target) && !(target.includes('/.') && dotSegment.test(target))
    return isPlain ? origin + target : parse(origin, target)
  }
}

function parse(origin: string, target: string): string {
  const path = target.split('?', 1)[0]!
  // The parser takes it for a slash, and so finds another path than a proxy in front.
  if (path.includes('\\')) throw new InvalidTarget('a backslash in the path')
  const url = URL.parse(origin + target)
  if (!url) throw new InvalidTarget(target)
  return url.href
}
