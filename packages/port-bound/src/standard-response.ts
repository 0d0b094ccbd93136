import { headersOfDecoded } from './decoded-body.ts'
import { upgradeStatus } from './fetch/fetch-web-sockets.ts'
import { relayedStream } from './relayed-stream.ts'
import { bodyFor, checkReason, checkStatus, jsonText, textType } from './response-rules.ts'

/** The status of the one response that stands for a WebSocket, and that a middleware may copy. */
const switchingProtocols = 101

/** Responses whose bodies are streams. */
const streams = new WeakSet<Response>()

/** A response that tells when nobody reads its stream any more; one that is there as a whole cannot. */
export function tellCancel(response: Response, cancelled: () => void): Response {
  if (response.body === null || !streams.has(response)) return response
  const body = relayedStream(response.body.getReader(), { cancelled })
  return new Response(body, response)
}

/**
 * Makes the global Response keep to the standard (Fetch §5.5) where a runtime's own does not: which
 * statuses there are, which of them have a body, and the type of a body that says none. Where Workers
 * go further it does as they do: an empty text is no body.
 */
export function useStandardResponse(): void {
  const Native = globalThis.Response
  if (Native.name === 'StandardResponse') return

  class StandardResponse extends Native {
    constructor(body?: BodyInit | null, init?: ResponseInit) {
      const { status = 200, statusText = '' } = init ?? {}
      const isUpgrade = init instanceof Native && status === switchingProtocols
      if (!isUpgrade) checkStatus(status)
      checkReason(statusText)
      const given = withBytes(bodyFor(body ?? null, status))
      const joint = joined(init?.headers)
      const headers = headersOfDecoded(given, init, joint) ?? new Headers(joint)
      const type = typeOf(given)
      if (type !== '' && !headers.has('content-type')) headers.set('content-type', type)
      super(given, { status: isUpgrade ? upgradeStatus : status, statusText, headers })
      if (given instanceof ReadableStream) streams.add(this)
    }

    /** Responses of `fetch` are native ones. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(Native, value)
    }

    static override json(data: unknown, init?: ResponseInit): Response {
      const text = jsonText(data)
      const headers = new Headers(joined(init?.headers))
      if (!headers.has('content-type')) headers.set('content-type', 'application/json')
      return new StandardResponse(text, { ...init, headers })
    }
  }
  Object.defineProperty(globalThis, 'Response', {
    value: StandardResponse,
    writable: true,
    configurable: true,
  })
}

/** A buffer that was transferred has no bytes (Web IDL §3.2.26); Deno would throw. */
function withBytes(body: BodyInit | null): BodyInit | null {
  const isBuffer = body instanceof ArrayBuffer || ArrayBuffer.isView(body)
  return isBuffer && body.byteLength === 0 ? new Uint8Array() : body
}

/** What a body says of itself; empty where it says nothing, or the runtime has to say it. */
export function typeOf(body: BodyInit | null): string {
  if (typeof body === 'string') return textType
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8'
  return body instanceof Blob ? body.type : ''
}

/** Pairs of one name as one line (Fetch §2.2.2); Deno would send a line for each. */
function joined(headers: HeadersInit | undefined): HeadersInit | undefined {
  if (!Array.isArray(headers)) return headers
  const all = new Headers()
  for (const [name, value] of headers) {
    const before = name.toLowerCase() === 'set-cookie' ? null : all.get(name)
    if (before === null) all.append(name, value)
    else all.set(name, `${before}, ${value}`)
  }
  return all
}
