import type { IncomingMessage } from 'node:http'
import { delegate } from '@mooring/core/adapter'

const Native = globalThis.Headers

/** What may stand in a name (RFC 9110 §5.6.2). */
const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

/**
 * The headers of a request as Fetch has them, read from what Node has until somebody wants more than
 * a value: most handlers look at one or two of the dozen that a browser sends, and a real `Headers`
 * of them all takes longer than the rest of the request.
 */
export class LazyHeaders {
  readonly #incoming: IncomingMessage
  #native: Headers | undefined

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
  }

  get(name: string): string | null {
    return this.#native ? this.#native.get(name) : valueOf(this.#incoming.rawHeaders, name)
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  /** A real one, from here on. */
  toNative(): Headers {
    if (this.#native) return this.#native
    const headers = new Native()
    const { rawHeaders } = this.#incoming
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!
      // Those of HTTP/2 itself, such as `:path`, are none for Fetch.
      if (name.charCodeAt(0) !== colon) headers.append(name, rawHeaders[index + 1]!)
    }
    this.#native = headers
    return headers
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.toNative().entries()
  }

  forEach(
    callback: (value: string, key: string, parent: Headers) => void,
    thisArg?: unknown,
  ): void {
    for (const [key, value] of this.toNative()) {
      callback.call(thisArg, value, key, this as unknown as Headers)
    }
  }

  static {
    delegate(this.prototype, Native.prototype, (headers) => headers.toNative())
  }
}

const colon = ':'.charCodeAt(0)

/** As `Headers.get` has it: repeated fields are one list, and cookies one header. */
function valueOf(rawHeaders: readonly string[], name: string): string | null {
  if (!token.test(name)) throw new TypeError(`${name} is an invalid header name`)
  const wanted = name.toLowerCase()
  let value: string | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const found = rawHeaders[index]!
    if (found.length !== wanted.length || found.toLowerCase() !== wanted) continue
    const text = rawHeaders[index + 1]!
    value = value === null ? text : value + (wanted === 'cookie' ? '; ' : ', ') + text
  }
  return value
}
