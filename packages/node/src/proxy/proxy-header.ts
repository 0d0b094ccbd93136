import { isIPv4, isIPv6 } from 'node:net'

/** The versions of the PROXY protocol that are taken. */
export type ProxyVersions = 'v1' | 'v2' | 'any'

/** The other end of a connection, as a proxy announces it. */
export interface Source {
  /** `undefined` where the client has none: it came over a Unix socket. */
  readonly address: string | undefined
  readonly port: number | undefined
}

/** A PROXY header (proxy-protocol.txt of HAProxy). */
export interface ProxyHeader {
  readonly lengthBytes: number
  /** `undefined` where the connection is the proxy's own, or it does not know: its peer counts. */
  readonly source: Source | undefined
}

/** §2.1: the longest line of version 1, with its CRLF. */
const longestLineBytes = 107
const lineStart = Buffer.from('PROXY ')

/** §2.2 */
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const fixedBytes = 16

/**
 * Reads the header at the beginning of what a connection has sent so far.
 *
 * @returns `undefined` while more must come, `'invalid'` where nothing can make it a header
 */
export function readProxyHeader(
  bytes: Buffer,
  versions: ProxyVersions,
): ProxyHeader | 'invalid' | undefined {
  if (versions !== 'v2' && startsLike(bytes, lineStart)) return readLine(bytes)
  if (versions !== 'v1' && startsLike(bytes, signature)) return readBinary(bytes)
  return 'invalid'
}

/** Whether one of both is the beginning of the other. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.subarray(0, length).equals(start.subarray(0, length))
}

/** Version 1: `PROXY TCP4 192.0.2.1 192.0.2.2 51234 443` and CRLF. */
function readLine(bytes: Buffer): ProxyHeader | 'invalid' | undefined {
  const end = bytes.subarray(0, longestLineBytes).indexOf('\n')
  if (end < 0) return bytes.length < longestLineBytes ? undefined : 'invalid'
  const line = bytes.toString('latin1', 0, end + 1)
  const lengthBytes = line.length
  // §2.1: what follows UNKNOWN is not looked at.
  if (/^PROXY UNKNOWN(?: [^\r]*)?\r\n$/.test(line)) return { lengthBytes, source: undefined }
  const [, family, address = '', destination = '', port = '', to = ''] =
    /^PROXY TCP([46]) ([\da-f.:]+) ([\da-f.:]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})\r\n$/i.exec(
      line,
    ) ?? []
  const isAddress = family === '4' ? isIPv4 : isIPv6
  const isWhole = isAddress(address) && isAddress(destination)
  if (!isWhole || Number(port) > 65535 || Number(to) > 65535) return 'invalid'
  return { lengthBytes, source: { address, port: Number(port) } }
}

/** How many bytes of addresses each family has, and where the port of the source is in them. */
const families: Readonly<Record<number, { readonly bytes: number; readonly portAt: number }>> = {
  1: { bytes: 12, portAt: 8 },
  2: { bytes: 36, portAt: 32 },
  3: { bytes: 216, portAt: 0 },
}

/** Version 2: a fixed part, the addresses, and extensions (TLV) that are skipped. */
function readBinary(bytes: Buffer): ProxyHeader | 'invalid' | undefined {
  if (bytes.length < fixedBytes) return undefined
  const [versionAndCommand, familyAndTransport] = [bytes[12]!, bytes[13]!]
  const lengthBytes = fixedBytes + bytes.readUInt16BE(14)
  const isLocal = versionAndCommand === 0x20
  if (!isLocal && versionAndCommand !== 0x21) return 'invalid'
  const family = families[familyAndTransport >> 4]
  const transport = familyAndTransport & 0xf
  const isUnspecified = familyAndTransport === 0
  if (!isUnspecified && (!family || transport < 1 || transport > 2)) return 'invalid'
  // §2.2: the addresses of a LOCAL connection are not looked at, whatever they say.
  const isOwn = isLocal || isUnspecified
  if (!isOwn && lengthBytes < fixedBytes + family!.bytes) return 'invalid'
  if (bytes.length < lengthBytes) return undefined
  if (isOwn) return { lengthBytes, source: undefined }
  const addresses = bytes.subarray(fixedBytes, fixedBytes + family!.bytes)
  const port = family!.portAt === 0 ? undefined : addresses.readUInt16BE(family!.portAt)
  return { lengthBytes, source: { address: toAddress(addresses), port } }
}

/** The address of the source comes first; of a Unix socket it is a path, which says nothing here. */
function toAddress(addresses: Buffer): string | undefined {
  if (addresses.length === 12) return addresses.subarray(0, 4).join('.')
  if (addresses.length !== 36) return undefined
  const groups = Array.from({ length: 8 }, (_, index) => addresses.readUInt16BE(index * 2))
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return addresses.subarray(12, 16).join('.')
  const address = groups.map((group) => group.toString(16)).join(':')
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
