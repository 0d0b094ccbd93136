import { typeOf } from './standard-response.ts'

/**
 * Makes the global Request keep to the standard (Fetch §5.4) where a runtime's own does not, as on
 * Bun: a text says its type, and what is asked with GET or HEAD has no body.
 */
export function useStandardRequest(): void {
  const Native = globalThis.Request
  const init = { method: 'POST', body: 'text' }
  if (new Native('http://localhost/', init).headers.has('content-type')) return

  class StandardRequest extends Native {
    constructor(input: RequestInfo | URL, given?: RequestInit) {
      super(input, given)
      // What is made from a request that a client has sent may have what that sent.
      const body = given instanceof Native ? null : (given?.body ?? null)
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
  Object.defineProperty(globalThis, 'Request', {
    value: StandardRequest,
    writable: true,
    configurable: true,
  })
}
