import { createOutgoingFetch, setDecodedCodings } from '@mooring/port-bound'
import { LazyRequest } from './fetch-request.ts'
import { LazyResponse } from './fetch-response.ts'

const Native = globalThis.Request

/** The types of `fetch` do not have `duplex` yet. */
type Init = RequestInit & { duplex?: 'half' }

/** The global `Request` of the process: a real one can be made of a lazy one. */
class RequestOfLazy extends Native {
  constructor(input: RequestInfo | URL, init?: Init) {
    super(toReal(input), withDuplex(init))
  }

  static {
    Object.defineProperty(this, 'name', { value: 'Request' })
    LazyRequest.prototype.constructor = this
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RequestOfLazy
      ? value instanceof Native
      : Function.prototype[Symbol.hasInstance].call(this, value)
  }
}

function toReal(input: RequestInfo | URL): RequestInfo | URL {
  return input instanceof Native ? LazyRequest.toNative(input) : input
}

/** Node wants it said that a stream goes out while the answer comes in; Workers know. */
function withDuplex(init: Init | undefined): Init | undefined {
  const isUnsaid = init?.body instanceof ReadableStream && init.duplex === undefined
  return isUnsaid ? { ...init, duplex: 'half' } : init
}

/**
 * Makes the global classes of Fetch those that the listener knows without making real ones of them,
 * and `fetch` one that takes the request of a handler.
 */
export function useLazyFetch(): void {
  // Not the one of this module's start: what traces or mocks it may stand there by now.
  const { fetch: ofProcess } = globalThis
  setDecodedCodings(isDecodedByNode)
  Object.assign(globalThis, {
    Request: RequestOfLazy,
    Response: LazyResponse,
    fetch: createOutgoingFetch((input, init) => ofProcess(toReal(input), withDuplex(init))),
  })
}

const [major = 0, minor = 0] = process.versions['undici']!.split('.').map(Number)

/** The codings that Node's `fetch` takes off, where it knows all of them. */
const codings: ReadonlySet<string> = new Set([
  'gzip',
  'x-gzip',
  'deflate',
  'x-deflate',
  'br',
  // undici#4238
  ...(major > 7 || (major === 7 && minor >= 11) ? ['zstd'] : []),
])

function isDecodedByNode(coding: string): boolean {
  return coding.split(',').every((each) => codings.has(each.trim()))
}
