import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

/** What Node's own answer to a request that its parser refuses would be; 400 for the rest. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Answers what never becomes a request: what the parser refuses, and a tunnel, which nobody asks an
 * origin for (RFC 9110 §9.3.6). Node would close a CONNECT without a word.
 */
export function answerParseErrors(server: Server): void {
  server.on('clientError', (error: ParseError, stream) => {
    const socket = stream as Socket & { _httpMessage?: { _headerSent?: boolean } | null }
    const status = hasUnknownMethod(error) ? 501 : (statuses[error.code ?? ''] ?? 400)
    if (socket.writable && !socket._httpMessage?._headerSent) socket.write(answer(status))
    socket.destroy()
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {})
    socket.end(answer(501))
  })
}

/** Node says 400; a method that is not known is 501 (RFC 9110 §9.1). */
function hasUnknownMethod({ code, rawPacket }: ParseError): boolean {
  if (code !== 'HPE_INVALID_METHOD') return false
  const start = String(rawPacket?.subarray(0, 1_000))
  return /^[!#$%&'*+.^`|~\w-]+ \S+ HTTP\/1\.[01]\r\n/.test(start)
}

function answer(status: number): string {
  const body = `${status} ${STATUS_CODES[status]}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=UTF-8',
    `Content-Length: ${body.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
