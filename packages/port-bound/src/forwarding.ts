import { type Forwarded, parseForwarded } from './forwarded-header.ts'
import { badSetting } from './settings.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** A request as far as forwarding goes: Node's is one. */
export interface ForwardedRequest {
  /** By their names in lower case; the values of a repeated one are joined. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The connection that it came on: one object for all of its requests, where there is one. */
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** What a trusted proxy says of the client's side. */
export interface Forwarding {
  /** The address of the client. */
  readonly clientOf: (incoming: ForwardedRequest) => string | undefined
  /** The host that the client asked for, as it was said: it may be no host at all. */
  readonly hostOf: (incoming: ForwardedRequest) => string | undefined
  /** Whether the client speaks TLS; `undefined` where nobody who is trusted says. */
  readonly isSecure: (incoming: ForwardedRequest) => boolean | undefined
}

/** Traefik says `ws` and `wss` of a WebSocket. */
const schemes: Readonly<Record<string, boolean>> = {
  http: false,
  ws: false,
  https: true,
  wss: true,
}

/** Reads one family of headers. A list has the nearest proxy's statement last. */
interface Headers {
  readonly addresses: (incoming: ForwardedRequest) => readonly string[] | undefined
  readonly hosts: (incoming: ForwardedRequest) => string | readonly string[] | undefined
  readonly schemes: (incoming: ForwardedRequest) => string | readonly string[] | undefined
}

const xForwarded: Headers = {
  addresses: (incoming) => field(incoming, 'x-forwarded-for')?.split(','),
  hosts: (incoming) => field(incoming, 'x-forwarded-host'),
  schemes: (incoming) => field(incoming, 'x-forwarded-proto'),
}

const forwarded: Headers = {
  addresses: (incoming) => statements(incoming)?.map(({ for: of = '' }) => of),
  hosts: (incoming) => statements(incoming)?.map(({ host = '' }) => host),
  schemes: (incoming) => statements(incoming)?.map(({ proto = '' }) => proto),
}

const families: Readonly<Record<string, Headers>> = { 'x-forwarded': xForwarded, forwarded }

/**
 * `FORWARDED_HEADERS`: which headers a trusted proxy sets, `x-forwarded` (`X-Forwarded-For`, `-Host`
 * and `-Proto`) or `forwarded` (RFC 7239). The other family is ignored, since a proxy that does not
 * know it passes on what a client wrote. @default x-forwarded
 *
 * @throws MOORING_E_SETTING
 */
export function readForwarding(env: NodeJS.ProcessEnv, proxies: TrustedProxies): Forwarding {
  const name = env['FORWARDED_HEADERS'] ?? 'x-forwarded'
  const headers = families[name]
  if (!headers) throw badSetting('FORWARDED_HEADERS', name, Object.keys(families).join(' or '))

  const trust = new WeakMap<ForwardedRequest['socket'], boolean>()
  /** One look-up of an address for each connection, not for each request. */
  function isTrusted({ socket }: ForwardedRequest): boolean {
    let known = trust.get(socket)
    if (known === undefined) trust.set(socket, (known = proxies.isTrusted(socket.remoteAddress)))
    return known
  }

  const originOf = (incoming: ForwardedRequest) =>
    proxies.originOf(incoming.socket.remoteAddress, headers.addresses(incoming))

  /** What the farthest proxy said that is trusted, and every proxy between it and us. */
  function farthest(
    incoming: ForwardedRequest,
    said: string | readonly string[] | undefined,
  ): string | undefined {
    if (said === undefined || said === '') return undefined
    if (typeof said === 'string' && !said.includes(',')) return said.trim()
    const list = typeof said === 'string' ? said.split(',') : said
    const { trusted } = originOf(incoming)
    return list.at(-Math.min(trusted, list.length))!.trim() || undefined
  }

  return {
    clientOf: (incoming) => originOf(incoming).client,
    hostOf: (incoming) =>
      isTrusted(incoming) ? farthest(incoming, headers.hosts(incoming)) : undefined,
    isSecure(incoming) {
      const scheme = isTrusted(incoming) ? farthest(incoming, headers.schemes(incoming)) : undefined
      return scheme === undefined ? undefined : schemes[scheme.toLowerCase()]
    },
  }
}

/** Node joins the values of a repeated header. */
function field({ headers }: ForwardedRequest, name: string): string | undefined {
  return headers[name] as string | undefined
}

function statements({ headers }: ForwardedRequest): readonly Forwarded[] | undefined {
  const { forwarded: text } = headers
  return text === undefined ? undefined : parseForwarded(text as string)
}
