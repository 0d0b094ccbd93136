import { typeOf } from './standard-response.ts'

/** Methods that no `fetch` may send (Fetch §2.2.1). */
const forbidden: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * Makes the global Request and `fetch` keep to the standard (Fetch §5.4) where a runtime's own do
 * not, as on Bun: a text says its type, what is asked with GET or HEAD has no body, and a method that
 * cannot be sent is a TypeError, where Bun would send a GET.
 */
export function useStandardRequest(): void {
  const { Request: Native, fetch: ofProcess } = globalThis
  const init = { method: 'POST', body: 'text' }
  if (new Native('http://localhost/', init).headers.has('content-type')) return

  class StandardRequest extends Native {
    constructor(input: RequestInfo | URL, given?: RequestInit) {
      super(input, given)
      // What is made from a request that a client has sent may have what that sent.
      if (given === undefined || given instanceof Native) return
      checkMethod(given.method, this)
      const body = given.body ?? null
      if (body === null) return
      if (this.method === 'GET' || this.method === 'HEAD') {
        throw new TypeError(`A ${this.method} request cannot have a body`)
      }
      const type = typeOf(body)
      if (type !== '' && !this.headers.has('content-type')) this.headers.set('content-type', type)
    }

    /** Those of the server are native ones. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Function.prototype[Symbol.hasInstance].call(Native, value)
    }
  }

  /** What is of this runtime alone in `given`, such as a proxy, is not in a Request. */
  async function fetch(input: RequestInfo | URL, given?: RequestInit): Promise<Response> {
    if (given === undefined || given instanceof Native) return ofProcess(input, given)
    const { method, body } = given
    if (method !== undefined) checkMethod(method, new Native('http://localhost/', { method }))
    if (typeof body !== 'string') return ofProcess(input, given)
    const headers = new Headers(given.headers)
    if (!headers.has('content-type')) headers.set('content-type', typeOf(body))
    return ofProcess(input, { ...given, headers })
  }

  for (const [name, value] of Object.entries({
    Request: StandardRequest,
    fetch: Object.assign(fetch, ofProcess),
  })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true })
  }
}

/** @throws TypeError where a request has another method than was asked for, or may not have it */
function checkMethod(asked: string | undefined, { method }: Request): void {
  if (asked === undefined) return
  if (method.toUpperCase() === asked.toUpperCase() && !forbidden.has(method)) return
  throw new TypeError(`${asked} is no method that fetch can send here`)
}
