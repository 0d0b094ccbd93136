import { isIPv6 } from 'node:net'
import { badSetting } from './settings.ts'

/** A host and an optional port (RFC 9110 §7.2): a name, an IPv4 address or an IPv6 one in brackets. */
const hostAndPort = /^([a-z0-9._~!$&'()*+,;=-]+|\[[0-9a-f:.]+\])(?::(\d{0,5}))?$/i

/** RFC 1035 §2.3.4 ends a name at 255 octets; a colon and a port may follow. */
const longest = 261

/** Hosts that were found valid. A server hears few; who makes up many only empties it. */
const valid = new Set<string>()
const mostRemembered = 1_000

/**
 * Whether a text is a host with an optional port. A name that a URL parser would read as something
 * else (`0x7f.1` is 127.0.0.1 to it, RFC 3986 says a name) is none: two readers must not differ. Nor
 * is an address that it would write otherwise, such as `[::ffff:127.0.0.1]`.
 */
export function isValidHost(text: string): boolean {
  if (valid.has(text)) return true
  const [, host, port] = (text.length <= longest && hostAndPort.exec(text)) || []
  if (host === undefined || Number(port ?? 0) > 65535) return false
  if (host.startsWith('[') && !isIPv6(host.slice(1, -1))) return false
  if (URL.parse(`http://${host}/`)?.hostname !== host.toLowerCase()) return false
  if (valid.size === mostRemembered) valid.clear()
  valid.add(text)
  return true
}

/** Says whether a valid host is one that is served here. */
export type HostPolicy = (host: string) => boolean

/**
 * `ALLOWED_HOSTS`: names and addresses with commas between. `*.example.com` is every name below
 * `example.com`, without itself. One with a port allows that port only, one without any port.
 *
 * @returns `undefined` where it is not set: every valid host is served
 * @throws MOORING_E_SETTING
 */
export function readAllowedHosts(env: NodeJS.ProcessEnv): HostPolicy | undefined {
  const set = env['ALLOWED_HOSTS']
  if (set === undefined) return undefined
  const exact = new Set<string>()
  const suffixes: string[] = []
  for (const entry of set.split(',').map((part) => part.trim().toLowerCase())) {
    const isWildcard = entry.startsWith('*.')
    const host = isWildcard ? entry.slice(2) : entry
    if (!isValidHost(host) || host.includes('*')) {
      const expected = `hosts such as example.com, *.example.com or [::1]:8080; not "${entry}"`
      throw badSetting('ALLOWED_HOSTS', set, expected)
    }
    if (isWildcard) suffixes.push(`.${host}`)
    else exact.add(host)
  }
  const isListed = (host: string) =>
    exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host !== suffix)
  return (text) => {
    if (exact.has(text)) return true
    const [, host, port] = /^(.*?)\.?(:\d*)?$/.exec(text.toLowerCase())!
    return isListed(host!) || (port !== undefined && isListed(`${host}${port}`))
  }
}
