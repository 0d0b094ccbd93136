import { delegate } from '@mooring/core/adapter'
import {
  bodyFor,
  checkReason,
  checkStatus,
  headersOfDecoded,
  isHeld,
  jsonText,
  textType,
} from '@mooring/port-bound'
import { setSource } from '../body-source.ts'
import { checkedInit, type Init } from './response-init.ts'

const Native = globalThis.Response

/** A body that can be written as it is. */
export type PlainBody = string | Uint8Array | ReadableStream<Uint8Array> | null

/** What a response is made of. */
export interface ResponseParts {
  readonly status: number
  /** A record is valid as it is; one that somebody may have changed since is no record. */
  readonly headers: Headers | Readonly<Record<string, string>>
  /** What the body says it is, where the headers do not. */
  readonly type: string | undefined
  readonly body: PlainBody
}

/**
 * The global `Response` of the process, by the rules of the standard (Fetch §5.5). It keeps what it
 * was given, and makes a real one of it when somebody asks for more than that. Almost nobody does: a
 * handler makes it and returns it, and making a real one with its headers and its stream costs as
 * much as the whole request without.
 */
export class LazyResponse {
  #body: PlainBody = null
  #init: Init | undefined
  #headers: Headers | undefined
  #native: Response | undefined

  constructor(given?: BodyInit | null, from?: ResponseInit) {
    const init = initFor(given, from)
    if (init?.statusText !== undefined) checkReason(init.statusText)
    const body = withStatus(bytesOf(given), init?.status)
    this.#init = checkedInit(body, init)
    if (isPlain(body)) {
      this.#body = body
      return
    }
    // With a type of its own.
    this.#native = new Native(body as BodyInit, this.#init)
    if (body instanceof Blob) setSource(this.#native.body!, body)
    else if (body instanceof URLSearchParams) setSource(this.#native.body!, body.toString())
  }

  get status(): number {
    return this.#native ? this.#native.status : (this.#init?.status ?? 200)
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#native || this.#body !== null ? this.#toNative().body : null
  }

  get bodyUsed(): boolean {
    return this.#native || this.#body instanceof ReadableStream ? this.#toNative().bodyUsed : false
  }

  get headers(): Headers {
    return this.#native ? this.#native.headers : (this.#headers ??= this.#copyHeaders())
  }

  /** The app may have others use its own. */
  #copyHeaders(): Headers {
    const headers = new Headers(this.#init?.headers)
    if (typeof this.#body === 'string' && !headers.has('content-type')) {
      headers.set('content-type', textType)
    }
    return headers
  }

  clone(): Response {
    if (this.#native || this.#body instanceof ReadableStream) return this.#toNative().clone()
    const { headers } = this
    const copy = new LazyResponse(this.#body as BodyInit, { ...this.#init, headers })
    // As it stands: a type that was taken away stays away.
    copy.#headers = new Headers(headers)
    return copy as unknown as Response
  }

  #toNative(): Response {
    if (this.#native) return this.#native
    const { headers } = this
    const body = this.#body
    const native = new Native(body as BodyInit, { ...this.#init, headers })
    // Taken away since it was made.
    if (!headers.has('content-type')) native.headers.delete('content-type')
    if (body !== null && !(body instanceof ReadableStream)) setSource(native.body!, body)
    return (this.#native = native)
  }

  /** What it was given; `undefined` where it is a real one by now. */
  #parts(): ResponseParts | undefined {
    if (this.#native) return undefined
    const headers = this.#headers ?? this.#init?.headers ?? none
    const type = headers === this.#headers || typeof this.#body !== 'string' ? undefined : textType
    const given = headers as ResponseParts['headers']
    return { status: this.status, headers: given, type, body: this.#body }
  }

  static json(data: unknown, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers)
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    return new Response(jsonText(data), { ...init, headers })
  }

  static redirect(url: string | URL, status?: number): Response {
    return new Response(null, Native.redirect(url, status))
  }

  /** Those that `fetch` returns are real ones, and instances of `Response` too. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return this === LazyResponse
      ? value instanceof Native
      : Function.prototype[Symbol.hasInstance].call(this, value)
  }

  static partsOf: (response: Response) => ResponseParts | undefined
  static initOf: (response: Response) => Init

  static {
    delegate(this.prototype, Native.prototype, (response) => response.#toNative())
    Object.setPrototypeOf(this, Native)
    Object.defineProperty(this, 'name', { value: 'Response' })
    this.partsOf = (response) => (#parts in response ? response.#parts() : undefined)
    this.initOf = (response) =>
      #init in response ? (response.#native ?? response.#init ?? none) : response
  }
}

const none = {}

/** The body that goes with a status. @throws RangeError, TypeError where there is none such */
function withStatus(body: unknown, status: number | undefined): unknown {
  if (status === undefined) return body
  checkStatus(status)
  return bodyFor(body, status)
}

function isPlain(body: unknown): body is PlainBody {
  if (typeof body === 'string' || body === null) return true
  return body instanceof Uint8Array || body instanceof ReadableStream
}

/**
 * A buffer or a view as bytes of its own (Fetch §6.5): the app may use its buffer for another
 * response while this one is on its way.
 */
function bytesOf(body: unknown): unknown {
  if (typeof body === 'string') return body
  const isBuffer = body instanceof ArrayBuffer
  if (!isBuffer && !ArrayBuffer.isView(body)) return body ?? null
  // One that was transferred has none (Web IDL §3.2.26).
  if (body.byteLength === 0) return new Uint8Array()
  if (isBuffer) return Buffer.from(new Uint8Array(body))
  if (!(body instanceof Uint8Array)) {
    return Buffer.from(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  }
  return isHeld(body) ? body : Buffer.from(body)
}

/** What a response is made with, without the coding that a body of `fetch` no longer has. */
function initFor(body: unknown, from: ResponseInit | undefined): ResponseInit | undefined {
  const init = from instanceof Native ? copyInit(from) : from
  if (init === from && !(body instanceof ReadableStream)) return init
  const headers = headersOfDecoded(body, from, init?.headers)
  return headers ? { ...init, headers } : init
}

/**
 * A response may stand where its parts may. What counts is what it was made with: the one that stands
 * for a WebSocket's 101, which no response can have, may be copied.
 */
function copyInit(response: Response): Init {
  const { status, statusText } = LazyResponse.initOf(response)
  return {
    headers: new Headers(response.headers),
    ...(status !== undefined && { status }),
    ...(statusText !== undefined && { statusText }),
  }
}
