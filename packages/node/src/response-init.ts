/** What a text has that says no type of its own (Fetch §6.5, "extract a body"). */
const textInit = { headers: { 'Content-Type': 'text/plain;charset=UTF-8' } }

/** Bytes and streams have no type. */
const bareInit = { headers: {} }

/** Statuses without a body (Fetch §2.2.3). */
const nullBody = new Set([101, 103, 204, 205, 304])

/**
 * A name that is no token or that the server decides on, and a value that `Headers` would refuse,
 * change or send as other bytes.
 */
const oddName =
  /[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$|^(?:connection|content-length|keep-alive|te|trailer|transfer-encoding|upgrade)$/i
const oddValue = /[^\t\x20-\x7e]|^[\t ]|[\t ]$/

/**
 * The `init` of a response by the rules of the standard (Fetch §5.5), where the handler can catch
 * what it breaks. Headers that need no change stay the object that they are.
 *
 * @throws TypeError at an invalid header
 */
export function checkedInit(body: unknown, init: ResponseInit | undefined): object | undefined {
  const headers = init?.headers
  if (headers === undefined) {
    if (body == null) return init
    const typed = typeof body === 'string' ? textInit : defaultOf(body)
    return init ? { ...init, headers: typed.headers } : typed
  }
  // They are valid, and who looks at them or sends them sees to the type.
  if (headers instanceof Headers) return init
  const type = typeOf(body)
  let isTyped = type === ''
  for (const name in headers) {
    const value = (headers as Record<string, unknown>)[name]
    if (typeof value !== 'string' || oddName.test(name) || oddValue.test(value)) {
      return checkedInit(body, { ...init, headers: new Headers(headers) })
    }
    isTyped ||= name.length === 12 && name.toLowerCase() === 'content-type'
  }
  return isTyped ? init : { ...init, headers: { ...headers, 'Content-Type': type } }
}

/** What a body says of itself; empty where it says nothing. */
export function typeOf(body: unknown): string {
  if (typeof body === 'string') return textInit.headers['Content-Type']
  return body instanceof Blob ? body.type : ''
}

function defaultOf(body: unknown): { readonly headers?: object } {
  if (body instanceof Blob) return body.type ? { headers: { 'Content-Type': body.type } } : bareInit
  const isRaw = body instanceof Uint8Array || body instanceof ReadableStream
  // The native class knows what all else is.
  return isRaw ? bareInit : {}
}

/**
 * The body that a status may have: an empty text is none, as on Workers.
 *
 * @throws RangeError at a status outside of 200–599
 * @throws TypeError where the status has no body
 */
export function withBody(body: unknown, status: number | undefined): unknown {
  if (status === undefined) return body
  if (!(status >= 200 && status <= 599)) {
    throw new RangeError(`The status ${String(status)} is outside of 200 to 599`)
  }
  if (body == null || !nullBody.has(status)) return body
  if (body === '') return null
  throw new TypeError(`A response with the status ${status} cannot have a body`)
}
