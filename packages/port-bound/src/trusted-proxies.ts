import { BlockList, isIP } from 'node:net'
import { badSetting } from './settings.ts'

/** Names for ranges that people would otherwise copy from each other. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  /** RFC 1918, RFC 6598 and RFC 4193. */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
}

/** The entry for the peers of a Unix socket, which have no address. */
const unixPeers = 'unix'

/** How far back trust goes. */
export interface Origin {
  /** An address, never a port or a name; `undefined` for the peer of a Unix socket. */
  readonly client: string | undefined
  /** How many proxies in a row, from the peer on, are trusted. */
  readonly trusted: number
}

/** Which peers may say for whom they speak. */
export interface TrustedProxies {
  /** Whether any is. */
  readonly any: boolean
  /** @param peer the address of a socket's peer; `undefined` on a Unix socket */
  readonly isTrusted: (peer: string | undefined) => boolean
  /**
   * The client: the peer, or where the peer is trusted what a header says, read from the right: each
   * trusted hop vouches for the one before it, and the first that is not trusted is the client. What
   * stands left of it anybody may have written. Where the header goes on with what is no address, the
   * client is the last one that was vouched for.
   *
   * @param hops the values of `X-Forwarded-For`
   */
  readonly originOf: (peer: string | undefined, hops: readonly string[] | undefined) => Origin
}

/**
 * `TRUSTED_PROXIES`: addresses, ranges (`10.0.0.0/8`) and the names `loopback`, `private` and `unix`,
 * with commas between. Without it nobody is trusted and the header counts for nothing.
 *
 * @throws MOORING_E_SETTING
 */
export function readTrustedProxies(env: NodeJS.ProcessEnv): TrustedProxies {
  const set = env['TRUSTED_PROXIES'] ?? ''
  const trusted = new BlockList()
  const named = set.split(',').map((entry) => entry.trim())
  const entries = named.filter(Boolean).flatMap((entry) => namedRanges[entry] ?? [entry])
  const trustsUnix = entries.includes(unixPeers)
  for (const entry of entries) if (entry !== unixPeers) addRange(trusted, entry, set)
  const isTrustedAddress = (address: string) =>
    trusted.check(address, address.includes(':') ? 'ipv6' : 'ipv4')

  return {
    any: entries.length > 0,
    isTrusted: (peer) => (peer === undefined ? trustsUnix : isTrustedAddress(withoutMapping(peer))),
    originOf(peer, hops) {
      let client = peer === undefined ? undefined : withoutMapping(peer)
      if (client === undefined ? !trustsUnix : !isTrustedAddress(client)) {
        return { client, trusted: 0 }
      }
      let count = 1
      for (const hop of hops?.toReversed() ?? []) {
        const address = addressOf(hop.trim())
        if (address === undefined) break
        client = address
        if (!isTrustedAddress(client)) break
        count += 1
      }
      return { client, trusted: count }
    },
  }
}

function addRange(trusted: BlockList, entry: string, set: string): void {
  const [address = '', bits] = entry.split('/')
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (version === 0 || !(prefix <= most)) {
    const examples = 'addresses and ranges such as 10.0.0.0/8, loopback, private or unix'
    throw badSetting('TRUSTED_PROXIES', set, `${examples}; not "${entry}"`)
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
