import { relayedStream } from '@mooring/port-bound'

/** Methods whose requests have no body that an app can see. */
const without: ReadonlySet<string> = new Set(['GET', 'HEAD', 'TRACE'])

/**
 * Deno gives every other method a body. Whether one was sent shows without reading in HTTP/1 alone:
 * there it has a length or is chunked (RFC 9112 §6.3), in HTTP/2 it needs neither.
 */
export function withBodyAsSent(request: Request): Request | Promise<Request> {
  const { method, headers } = request
  if (without.has(method)) return request
  if (headers.has('content-length') || headers.has('transfer-encoding')) return request
  return afterFirstRead(request)
}

async function afterFirstRead({ url, method, headers, body }: Request): Promise<Request> {
  const reader = body!.getReader()
  for (;;) {
    const first = reader.read()
    // What fails is for who reads the body.
    const read = await first.catch(() => undefined)
    if (read?.done) return new Request(url, { method, headers })
    // A body of no bytes begins with a chunk of none.
    if (read?.value.length === 0) continue
    const init = { method, headers, body: relayedStream(reader, { first }), duplex: 'half' }
    return new Request(url, init as RequestInit)
  }
}
