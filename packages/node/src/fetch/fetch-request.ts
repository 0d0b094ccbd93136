import { Readable } from 'node:stream'
import { delegate } from '@mooring/core/adapter'
import { LazyHeaders } from './fetch-headers.ts'
import type { Reply } from '../reply.ts'
import type { Incoming } from '../request-body.ts'
import { unusable } from '../whole-body.ts'

const Native = globalThis.Request

/**
 * The request that an app gets. It has what Node has, and makes a real one of it when somebody asks
 * for more than that: the parts of a real one cost more than all that a small request needs.
 */
export class LazyRequest {
  readonly method: string
  readonly url: string
  readonly #incoming: Incoming
  readonly #reply: Reply
  #headers: LazyHeaders | undefined
  #abort: AbortController | undefined
  #native: Request | undefined
  #isBodyRead = false

  constructor(url: string, incoming: Incoming, reply: Reply) {
    this.url = url
    this.method = incoming.httpVersionMajor === 2 ? normalize(incoming.method!) : incoming.method!
    this.#incoming = incoming
    this.#reply = reply
  }

  get headers(): Headers {
    return (this.#headers ??= new LazyHeaders(this.#incoming)) as unknown as Headers
  }

  get signal(): AbortSignal {
    return (this.#abort ??= abortOnClose(this.#incoming, this.#reply)).signal
  }

  get bodyUsed(): boolean {
    return this.#isBodyRead || (this.#native?.bodyUsed ?? false)
  }

  text(): Promise<string> {
    return this.#native ? this.#native.text() : this.#read(decode)
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async bytes(): Promise<Uint8Array> {
    return this.#native ? this.#native.bytes() : this.#read(copy)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#native ? this.#native.arrayBuffer() : (await this.#read(copy)).buffer
  }

  async blob(): Promise<Blob> {
    if (this.#native) return this.#native.blob()
    const type = this.headers.get('content-type')
    // A response's own reading of a type is that of the standard.
    return new Response(
      await this.#read(copy),
      type === null ? {} : { headers: { 'Content-Type': type } },
    ).blob()
  }

  get #hasBody(): boolean {
    return this.method !== 'GET' && this.method !== 'HEAD' && this.#incoming.hasBody
  }

  /** The whole body, past the stream that a real request would have. */
  #read<Result>(as: (body: Buffer) => Result): Promise<Result> {
    if (!this.#hasBody) return Promise.resolve(as(Buffer.alloc(0)))
    if (this.#isBodyRead) return Promise.reject(unusable())
    this.#isBodyRead = true
    return this.#incoming.readWhole(as)
  }

  #toNative(): Request {
    if (this.#native) return this.#native
    const { url, method, headers, signal } = this
    const init: RequestInit & { duplex?: 'half' } = { method, headers, signal }
    if (this.#hasBody) {
      init.body = this.#isBodyRead ? new Uint8Array() : streamOf(this.#incoming)
      init.duplex = 'half'
    }
    // A real one cannot be made with TRACE, but it can have been asked with.
    const isTrace = method === 'TRACE'
    if (isTrace) delete init.body
    this.#native = new Native(url, isTrace ? { ...init, method: 'GET' } : init)
    if (isTrace) Object.defineProperty(this.#native, 'method', { value: method })
    // So that it says the same: what has been read is gone.
    if (this.#isBodyRead) void this.#native.text()
    return this.#native
  }

  static toNative: (request: Request) => Request

  static {
    delegate(this.prototype, Native.prototype, (request) => request.#toNative())
    this.toNative = (request) => (#incoming in request ? request.#toNative() : request)
  }
}

const normalized = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

/** As Fetch has it. The parser of HTTP/1 lets no small letters through. */
function normalize(method: string): string {
  const upper = method.toUpperCase()
  return normalized.has(upper) ? upper : method
}

const copy = (body: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(body)

/** UTF-8, without the mark that it may begin with. */
function decode(body: Buffer): string {
  const text = body.toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** Aborts when the connection ends before the response does. Made when a handler looks. */
function abortOnClose(incoming: Incoming, reply: Reply): AbortController {
  const controller = new AbortController()
  const onClose = () => {
    const { errored } = incoming
    const isCutOff =
      !reply.writableFinished || (incoming.httpVersionMajor === 2 && incoming.aborted)
    if (!errored && !isCutOff) return
    const { abortReason } = reply
    const gone = () => errored ?? new Error('the client went away')
    controller.abort(abortReason === undefined ? gone() : new Error(abortReason))
  }
  if (reply.destroyed) onClose()
  else reply.once('close', onClose)
  return controller
}

/** Nothing is read of it before somebody reads. */
function streamOf(incoming: Incoming): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let stopReading = () => {}
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      if (!reader && incoming.complete && incoming.readableAborted) {
        // All of it came before the client went away.
        controller.enqueue(await incoming.readWhole(copy))
        controller.close()
        return
      }
      if (!reader) {
        const others = new Set(incoming.listeners('data'))
        reader = (Readable.toWeb(incoming) as ReadableStream<Uint8Array>).getReader()
        const own = incoming.listeners('data').filter((listener) => !others.has(listener))
        stopReading = () => own.forEach((listener) => incoming.off('data', listener as () => void))
      }
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel() {
      // To destroy it would leave what is still to come on the wire, before the next request.
      if (!reader) return
      stopReading()
      // Behind the answer somebody else sees to the rest, and waits for it.
      if (incoming.listenerCount('data') > 0) incoming.resume()
      else incoming.pause()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
