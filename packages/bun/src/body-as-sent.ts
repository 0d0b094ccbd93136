/** Bun gives a body of no bytes as none. It is one, and can be read once (RFC 9112 §6.3). */
export function withBodyAsSent(request: Request): Request {
  const { method, headers } = request
  if (headers.get('content-length') !== '0' || method === 'GET' || method === 'HEAD') return request
  const body = new ReadableStream({ start: (controller) => controller.close() })
  return new Request(request, { body, duplex: 'half' } as RequestInit)
}
