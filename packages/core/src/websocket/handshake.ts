/** Why a handshake is none: the status, a line for the client, and headers that belong to it. */
export interface HandshakeRefusal {
  readonly status: 400 | 426
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
}

/** 16 bytes in base64 (RFC 6455 §4.1). */
const validKey = /^[A-Za-z0-9+/]{22}==$/

/** RFC 9110 §5.6.2. */
export const validToken: RegExp = /^[\w!#$%&'*+.^`|~-]+$/

// RFC 9110 §15.5.22: a 426 names what to upgrade to, and §7.8 what the connection is asked for.
const upgrade = { Upgrade: 'websocket', Connection: 'Upgrade' }

/**
 * Looks at a request's headers as RFC 6455 §4.2.1 has it. Between Workers only `Upgrade` is sent,
 * so what is not there is for the adapter to miss.
 */
export function refuseHandshake(
  header: (name: string) => string | undefined,
): HandshakeRefusal | undefined {
  const connection = header('connection')
  const isUpgrade = connection === undefined || tokens(connection.toLowerCase()).includes('upgrade')
  if (header('upgrade')?.toLowerCase() !== 'websocket' || !isUpgrade) {
    return { status: 426, reason: 'Upgrade Required: this is a WebSocket', headers: upgrade }
  }
  const version = header('sec-websocket-version')
  if (version !== undefined && version !== '13') {
    const headers = { ...upgrade, 'Sec-WebSocket-Version': '13' }
    return { status: 426, reason: 'Upgrade Required: WebSocket version 13', headers }
  }
  const key = header('sec-websocket-key')
  if (key !== undefined && !validKey.test(key)) {
    return { status: 400, reason: 'Bad Request: an invalid Sec-WebSocket-Key', headers: {} }
  }
  const offered = offeredProtocols(header('sec-websocket-protocol'))
  const areTokens = offered.every((protocol) => validToken.test(protocol))
  if (areTokens && new Set(offered).size === offered.length) return undefined
  return { status: 400, reason: 'Bad Request: an invalid Sec-WebSocket-Protocol', headers: {} }
}

/** The protocols that the client offers, the one it likes best first (RFC 6455 §4.1). */
export function offeredProtocols(header: string | undefined): readonly string[] {
  return header === undefined ? [] : tokens(header)
}

function tokens(list: string): string[] {
  return list.split(',').map((token) => token.trim())
}
