import ipaddr from 'ipaddr.js'
import { ProblemError } from './problem.ts'

/** Names that lead into a private network (RFC 6761, 6762, 8375; ICANN's reservation of 2024). */
const privateName = /(^|\.)(localhost|local|internal|home\.arpa)$/

/**
 * Refuses an address that only this service can reach: whoever sends a URL here must not learn what
 * is behind it. Asked again at each redirect.
 *
 * It looks at the URL alone. A public name that resolves to a private address passes: not every
 * runtime can look a name up, and it may resolve otherwise a moment later (DNS rebinding). Where
 * that matters, give the service no route to the private network.
 *
 * @throws ProblemError 400 for another scheme than http(s) and for a user name or password, 403 for
 *   an address that is not public
 */
export function checkPageAddress(url: URL, allowPrivate: boolean): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProblemError(400, `Only http:// and https:// are read, not ${url.protocol}`, 'url')
  }
  if (url.username || url.password) {
    throw new ProblemError(400, 'A URL with a user name or password is not read.', 'url')
  }
  if (allowPrivate || isPublic(url.hostname)) return
  throw new ProblemError(403, `${url.hostname} is not a public address.`, 'url')
}

/** @param hostname as `URL` writes it: `127.1`, `0x7f000001` and the like are dotted already */
function isPublic(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1')
  // Whatever is not plainly public (private, loopback, link-local, IPv4 within IPv6, …) is refused.
  if (ipaddr.isValid(host)) return ipaddr.parse(host).range() === 'unicast'
  // A name without a dot is one of the network this service is in, such as a container's.
  return host.includes('.') && !privateName.test(host)
}
