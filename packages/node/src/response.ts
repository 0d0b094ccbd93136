import { checkedInit, typeOf, withBody } from './response-init.ts'
import { hopByHop, wireHeaders, Wide } from './response-headers.ts'

// @hono/node-server puts a light class in place of the global Response: what a handler makes is sent
// without a native Response in between. It takes what the standard refuses (Fetch §5.5), and gives
// bodies types that they have not. This is that class with the standard's rules.

/** What the light class keeps for sending: status, body and headers. */
interface Sendable {
  0: number
  1: unknown
  2: unknown
}

interface Light {
  new (body?: unknown, init?: unknown): Response
  redirect(url: string | URL, status?: number): Response
}

/** The key under which the light class keeps them. It has no public name. */
let cacheKey: symbol

/** Makes the global Response one that every runtime would agree with. Once, after the listener. */
export function useStandardResponse(): void {
  if (cacheKey) return
  const LightResponse = globalThis.Response as unknown as Light
  const key = Object.getOwnPropertySymbols(new LightResponse('')).find(
    ({ description }) => description === 'cache',
  )
  if (!key) throw new Error('@hono/node-server keeps its responses elsewhere')
  cacheKey = key
  Object.defineProperty(globalThis, 'Response', { value: createResponseClass(LightResponse) })
}

function createResponseClass(LightResponse: Light): Light {
  const NativeResponse = Object.getPrototypeOf(LightResponse) as typeof Response

  return class Response extends LightResponse {
    constructor(given?: unknown, init?: ResponseInit) {
      const isCopy = init instanceof NativeResponse
      // The one response of 101 stands for a WebSocket, and a middleware may copy it.
      const body = withBody(bytesOf(given), isCopy && init.status === 101 ? 200 : init?.status)
      super(body, isCopy ? init : checkedInit(body, init))
      const kept = this as unknown as Record<symbol, Sendable | undefined>
      const cache = kept[cacheKey]
      if (cache) kept[cacheKey] = new Kept(cache[0], cache[1], cache[2])
    }

    override get headers(): Headers {
      const headers = super.headers
      const cache = (this as unknown as Record<symbol, Sendable | undefined>)[cacheKey]
      const type = cache ? typeOf(cache[1]) : ''
      if (type === '' || headers.has('content-type')) return headers
      // A copy: the app may have others use its own.
      const typed = new Headers(headers)
      typed.set('content-type', type)
      cache![2] = typed
      return typed
    }

    /** Responses of `fetch` are native ones. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(NativeResponse, value)
    }

    static json(data: unknown, init?: ResponseInit): globalThis.Response {
      const headers = new Headers(init?.headers)
      if (!headers.has('content-type')) headers.set('content-type', 'application/json')
      const body = JSON.stringify(data)
      if (body === undefined) throw new TypeError('The data is not JSON serializable')
      return new this(body, { ...init, headers })
    }

    static override redirect(url: string | URL, status?: number): globalThis.Response {
      return new this(null, LightResponse.redirect(url, status))
    }
  } as Light
}

/** A buffer or a view as bytes: the light class knows no other. */
function bytesOf(body: unknown): unknown {
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (!ArrayBuffer.isView(body) || body instanceof Uint8Array) return body
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
}

/** The listener takes it apart when it sends; what it gets then is ready for the wire. */
class Kept implements Sendable {
  0: number
  1: unknown
  2: unknown

  constructor(status: number, body: unknown, headers: unknown) {
    this[0] = status
    this[1] = body
    this[2] = headers
  }

  [Symbol.iterator](): Iterator<unknown> {
    const headers = this[2]
    const sent = headers instanceof Headers ? wireHeaders(headers, this[0], this[1]) : headers
    const body = sent instanceof Wide ? Buffer.from(String(this[1])) : this[1]
    return [this[0], body, sent][Symbol.iterator]()
  }
}

/**
 * The response of a handler as the listener may send it. One that is a native Response by then (of
 * `fetch`, or since a middleware read it) goes past the class above.
 *
 * @throws RangeError where it is an error response, which none can send
 * @throws TypeError where somebody else has read its body: the listener would tell the client
 */
export function sendable(response: Response): Response {
  const kept = (response as unknown as Record<symbol, Sendable | undefined>)[cacheKey]
  if (kept ? isLocked(kept[1]) : response.bodyUsed || isLocked(response.body)) {
    throw new TypeError('The body of the response was read')
  }
  if (kept) return response
  if (response.status < 200) throw new RangeError('The response is an error response')
  const { headers } = response
  // What fetch has decoded is not encoded any more.
  const isDecoded = response.url !== '' && headers.has('content-encoding')
  const isBare = !headers.has('content-type') && response.body !== null
  // RFC 9110 §15.5.22: a 426 says what to upgrade to.
  const hasHops = response.status !== 426 && [...hopByHop].some((name) => headers.has(name))
  if (!isDecoded && !isBare && !hasHops) return response
  return ready(response, isDecoded, hasHops)
}

function isLocked(body: unknown): boolean {
  return body instanceof ReadableStream && body.locked
}

function ready(response: Response, isDecoded: boolean, hasHops: boolean): Response {
  // The headers of what fetch gave cannot be changed.
  const sent = response.url === '' ? response : new Response(response.body, response)
  const { headers } = sent
  if (hasHops) for (const name of hopByHop) headers.delete(name)
  if (isDecoded) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  // The listener would make it a text. The reply leaves a type without letters out.
  if (!headers.has('content-type')) headers.set('content-type', '')
  return sent
}
