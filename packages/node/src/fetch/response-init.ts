import { textType } from '@mooring/port-bound'
import { isPlainField } from '../header-field.ts'

export type Init = Pick<ResponseInit, 'status' | 'statusText' | 'headers'>

const textInit: Init = { headers: { 'Content-Type': textType } }

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
