import { BlockList, isIP } from 'node:net'
import { badSetting } from './settings.ts'

/** Names for ranges that people would otherwise copy from each other. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  /** RFC 1918, RFC 6598 and RFC 4193. */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
}

/** Which peers may say for whom they speak. */
export interface TrustedProxies {
  /**
   * The address of the client: the peer's, or where the peer is trusted what `X-Forwarded-For` says,
   * read from the right: each trusted hop vouches for the one before it, and the first that is not
   * trusted is the client. What stands left of it anybody may have written.
   *
   * @returns an address, never a port or a name; the last one that was vouched for if the header
   *   goes on with something else
   */
  readonly clientOf: (
    peer: string | undefined,
    forwardedFor: string | undefined,
  ) => string | undefined
}

/**
 * `TRUSTED_PROXIES`: addresses, ranges (`10.0.0.0/8`) and the names `loopback` and `private`, with
 * commas between. Without it nobody is trusted and the header counts for nothing.
 *
 * @throws MOORING_E_SETTING
 */
export function readTrustedProxies(env: NodeJS.ProcessEnv): TrustedProxies {
  const set = env['TRUSTED_PROXIES'] ?? ''
  const trusted = new BlockList()
  const entries = set.split(',').flatMap((entry) => namedRanges[entry.trim()] ?? [entry.trim()])
  for (const entry of entries.filter(Boolean)) addRange(trusted, entry, set)
  const isTrusted = (address: string) =>
    trusted.check(address, address.includes(':') ? 'ipv6' : 'ipv4')

  return {
    clientOf(peer, forwardedFor) {
      let client = peer === undefined ? undefined : withoutMapping(peer)
      if (forwardedFor === undefined || client === undefined || !isTrusted(client)) return client
      for (const hop of forwardedFor.split(',').toReversed()) {
        const address = addressOf(hop.trim())
        if (address === undefined) return client
        client = address
        if (!isTrusted(client)) return client
      }
      return client
    },
  }
}

function addRange(trusted: BlockList, entry: string, set: string): void {
  const [address = '', bits] = entry.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (version === 0 || !(prefix <= most)) {
    const expected = `addresses and ranges such as 10.0.0.0/8, loopback or private; not "${entry}"`
    throw badSetting('TRUSTED_PROXIES', set, expected)
  }
  trusted.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv4 client of a dual-stack socket is `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function addressOf(hop: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(address) === 0 ? undefined : withoutMapping(address)
}
