import type { Init } from './fetch-response.ts'
import { isPlainField } from './header-field.ts'

/** What a text is that says no type of its own (Fetch §6.5, "extract a body"). */
export const textType = 'text/plain;charset=UTF-8'

const textInit: Init = { headers: { 'Content-Type': textType } }

/** Statuses without a body (Fetch §2.2.3). */
const nullBody = new Set([101, 103, 204, 205, 304])

/**
 * The `init` of a response by the rules of the standard (Fetch §5.5), where the handler can catch
 * what it breaks. Headers that need no change stay the object that they are.
 *
 * @throws TypeError at an invalid header
 */
export function checkedInit(body: unknown, init: Init | undefined): Init | undefined {
  const headers = init?.headers
  const isText = typeof body === 'string'
  if (headers === undefined) {
    if (!isText) return init
    return init ? { ...init, ...textInit } : textInit
  }
  // They are valid, and who looks at them or sends them sees to the type.
  if (headers instanceof Headers) return init
  if (Symbol.iterator in headers) return { ...init, headers: new Headers(headers) }
  let isTyped = !isText
  for (const name in headers) {
    if (!isPlainField(name, (headers as Record<string, unknown>)[name])) {
      return { ...init, headers: new Headers(headers) }
    }
    isTyped ||= name.length === 12 && name.toLowerCase() === 'content-type'
  }
  return isTyped ? init : { ...init, headers: { ...headers, 'Content-Type': textType } }
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
  if (body === null || !nullBody.has(status)) return body
  if (body === '') return null
  throw new TypeError(`A response with the status ${status} cannot have a body`)
}
