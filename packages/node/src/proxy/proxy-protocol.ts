import { isIPv6, type Server, type Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { badSetting, createTally, type Metrics, type TrustedProxies } from '@mooring/port-bound'
import { type ProxyVersions, readProxyHeader, type Source } from './proxy-header.ts'

const versions: readonly ProxyVersions[] = ['v1', 'v2', 'any']

/**
 * `PROXY_PROTOCOL`: every connection begins with a PROXY header of `v1`, `v2` or `any` version, which
 * says whose it is. It is never guessed whether there is one: a client could write its own.
 *
 * @returns `undefined` where it is not set
 * @throws MOORING_E_SETTING where it is, and no peer is trusted
 */
export function readProxyProtocol(
  env: NodeJS.ProcessEnv,
  proxies: TrustedProxies,
): ProxyProtocol | undefined {
  const set = env['PROXY_PROTOCOL']
  if (set === undefined) return undefined
  const found = versions.find((version) => version === set)
  if (!found) throw badSetting('PROXY_PROTOCOL', set, versions.join(', '))
  if (proxies.any) return { versions: found, proxies }
  throw badSetting('PROXY_PROTOCOL', set, 'TRUSTED_PROXIES beside it: who may send the header')
}

/** Who may send which header. */
export interface ProxyProtocol {
  readonly versions: ProxyVersions
  readonly proxies: TrustedProxies
}

interface Expected extends ProxyProtocol {
  /** How long the header may take. */
  readonly timeoutMs: number
  readonly log: Logger
  readonly metrics: Metrics
}

/**
 * Puts the reading of the header before what the server, HTTP or TLS, does with a connection. To be
 * called before anybody else listens for connections: who does later hears of each at its accept.
 */
export function expectProxyHeaders(server: Server, protocol: Expected): void {
  const { versions: allowed, proxies, timeoutMs, log, metrics } = protocol
  const help = 'Connections that were closed for want of a valid PROXY header.'
  const counter = metrics.counter('mooring_refused_connections_total', help)
  const refused = createTally(log, 'connections without a valid PROXY header were closed', counter)
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')

  server.on('connection', (socket: Socket) => {
    const peer = socket.remoteAddress
    // Without a peer it is over already: a check that only looks whether somebody accepts.
    if (peer === undefined && typeof server.address() !== 'string') {
      socket.destroy()
      return
    }
    let bytes: Buffer = Buffer.alloc(0)

    function refuse(why: string): void {
      refused.add({ why, peer })
      socket.destroy()
    }
    function onReadable(): void {
      const chunk = socket.read() as Buffer | null
      if (chunk === null) return
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      const header = readProxyHeader(bytes, allowed)
      if (header === 'invalid') refuse('no PROXY header')
      else if (header !== undefined) {
        stopReading()
        if (header.source) announce(socket, header.source)
        if (bytes.length > header.lengthBytes) socket.unshift(bytes.subarray(header.lengthBytes))
        for (const listener of listeners) listener.call(server, socket)
      }
    }
    function stopReading(): void {
      clearTimeout(timer)
      socket
        .off('readable', onReadable)
        .off('end', onEnd)
        .off('error', ignore)
        .off('close', onClose)
    }
    // A connection that ends without a byte is how a balancer looks whether somebody listens.
    const onEnd = () => (bytes.length === 0 ? socket.destroy() : refuse('half a PROXY header'))
    const onClose = () => clearTimeout(timer)

    const timer = setTimeout(() => refuse('no PROXY header in time'), timeoutMs)
    socket.on('error', ignore).on('close', onClose)
    if (proxies.isTrusted(peer)) socket.on('readable', onReadable).on('end', onEnd)
    else refuse('a peer that is not in TRUSTED_PROXIES')
  })
}

/** A peer that resets its connection; that it closes follows. */
function ignore(): void {}

/** What a socket asks the kernel for its peer through. */
interface Handle {
  getpeername: (out: { address?: string; port?: number; family?: string }) => number
}

/**
 * Makes the source the peer of the connection for all who ask, through the socket or through one of
 * TLS around it. Node has no public way; the handle is what both ask.
 */
function announce(socket: Socket, { address, port }: Source): void {
  const { _handle: handle } = socket as Socket & { _handle: Handle }
  handle.getpeername = (out) => {
    if (address === undefined || port === undefined) return 0
    Object.assign(out, { address, port, family: isIPv6(address) ? 'IPv6' : 'IPv4' })
    return 0
  }
  // What Node remembers of having been asked before.
  delete (socket as Socket & { _peername?: unknown })._peername
}
