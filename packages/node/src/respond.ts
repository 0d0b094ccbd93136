import type { OutgoingHttpHeaders } from 'node:http'
import { assertForeignResponse, isDecoded } from '@mooring/port-bound'
import { sourceOf } from './body-source.ts'
import { LazyResponse, type PlainBody } from './fetch/fetch-response.ts'
import { pump } from './pump.ts'
import type { Reply } from './reply.ts'
import { Wide, wireHeaders } from './response-headers.ts'

/** `@hono/node-server` marks so what a handler returns that wrote to Node's response itself. */
const alreadySent = 'x-hono-already-sent'

/**
 * Writes an app's response. What is there as a whole goes out in one write.
 *
 * @returns what is to be waited for, where there is such a thing
 * @throws RangeError where it is an error response, which none can send
 * @throws TypeError where somebody else has read its body
 */
export function respond(response: Response, reply: Reply): void | Promise<void> {
  const parts = LazyResponse.partsOf(response)
  if (!parts) return respondWithReal(response, reply)
  const { status, headers, type } = parts
  const body = wholeOf(parts.body)
  const isPlain = !(headers instanceof Headers)
  return write(status, isPlain ? headers : wireHeaders(headers, status, body, type), body, reply)
}

/** One that `fetch` returned, that somebody has looked into, or of a library's own class. */
function respondWithReal(response: Response, reply: Reply): void | Promise<void> {
  const { status, body: stream } = response
  if (response.bodyUsed) throw readBefore()
  assertForeignResponse(response)
  if (status < 200) throw new RangeError('The response is an error response')
  const body = wholeOf(stream)
  // What came from elsewhere has its bytes already, each one character.
  const isOwn = response.url === ''
  const headers: OutgoingHttpHeaders = wireHeaders(response.headers, status, body, undefined, isOwn)
  if (!isOwn && isDecoded(response)) {
    delete headers['content-encoding']
    delete headers['content-length']
  }
  return write(status, headers, body, reply)
}

/** The body, or what its stream was made of. */
function wholeOf(body: PlainBody): PlainBody | Blob {
  if (!(body instanceof ReadableStream)) return body
  if (body.locked) throw readBefore()
  return sourceOf(body) ?? body
}

const readBefore = () => new TypeError('The body of the response was read')

function write(
  status: number,
  headers: OutgoingHttpHeaders,
  body: PlainBody | Blob,
  reply: Reply,
): void | Promise<void> {
  if (alreadySent in headers) return undefined
  if (body instanceof ReadableStream) return pump(status, headers, body, reply)
  if (body instanceof Blob) {
    return pump(status, { ...headers, 'content-length': body.size }, body.stream(), reply)
  }
  reply.send(status, headers, headers instanceof Wide ? Buffer.from(String(body)) : body)
  return undefined
}
