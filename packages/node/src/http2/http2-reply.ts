import { type OutgoingHttpHeaders, STATUS_CODES, validateHeaderValue } from 'node:http'
import { constants, Http2ServerResponse, type ServerHttp2Stream } from 'node:http2'
import type { Logger } from '@mooring/core'
import type { Exchange } from '../exchange.ts'
import type { Http2Incoming } from './http2-request.ts'
import type { Reply } from '../reply.ts'
import { createResponseFaults } from '../response-faults.ts'

type Call = (...args: unknown[]) => any
type Headers = Readonly<Record<string, string | readonly string[] | number>>

/** Fields of a connection, which HTTP/2 has no place for (RFC 9113 §8.2.2). */
const connectionFields = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/**
 * The response class of HTTP/2. As that of HTTP/1, it can be answered over the handler's head, and an
 * invalid head ends in a 500.
 */
export class Http2Reply
  extends Http2ServerResponse<Http2Incoming>
  implements Pick<Reply, 'answer' | 'finish' | 'send' | 'startedAtMs'>
{
  readonly startedAtMs: number = performance.now()
  cutOffWith: number | undefined = undefined
  abortReason: string | undefined = undefined
  #isAnswered = false
  /** The Content-Length that the handler set, and how much of it has gone. */
  #announced: number | undefined
  #sent = 0
  /** Held back until the body begins, so that one of another length can still become a 500. */
  #head: readonly [status: number, headers: Headers] | undefined

  static {
    // Node's has none, and what is looked at is the stream.
    const get = function (this: Http2Reply): boolean {
      return this.stream.destroyed
    }
    Object.defineProperty(this.prototype, 'destroyed', { get })
  }

  constructor(stream: ServerHttp2Stream) {
    super(stream)
    this.req.reply = this
  }

  /** Writes a whole answer of one line; `finish` ends it. */
  answer(status: number, reason: string, headers?: OutgoingHttpHeaders): void {
    this.#head = undefined
    this.#announced = undefined
    for (const name of this.getHeaderNames()) this.removeHeader(name)
    const body = `${status} ${reason}\n`
    super.writeHead(status, {
      'content-type': 'text/plain; charset=UTF-8',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    super.end(body)
    this.#isAnswered = true
  }

  /** RFC 9113 §8.1: once the answer is out, what is left of the request is not wanted any more. */
  finish(): void {
    if (!this.stream.endAfterHeaders) this.stream.close(constants.NGHTTP2_NO_ERROR)
  }

  /** Writes a whole response. */
  send(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array | null): void {
    const length = body === null ? 0 : Buffer.byteLength(body)
    const saysLength = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length')
    const mayHaveBody = status !== 204 && status !== 304 && this.req.method !== 'HEAD'
    this.writeHead(
      status,
      saysLength || !mayHaveBody ? headers : { ...headers, 'content-length': length },
    )
    if (length === 0) this.end()
    else this.end(body)
  }

  /** Ends the stream where it is: before the head with this status, after it with a reset. */
  cutOff(status?: number): void {
    this.#isAnswered = true
    if (!this.headersSent) this.cutOffWith = status
    // That its response never finished is what makes the request's signal abort.
    Object.defineProperty(this, 'writableFinished', { value: false })
    const { stream } = this
    if (stream.closed) stream.destroy()
    else if (status === undefined || stream.headersSent) stream.close(constants.NGHTTP2_CANCEL)
    else {
      stream.respond({ ':status': status, 'content-length': 0 }, { endStream: true })
      stream.close(constants.NGHTTP2_NO_ERROR)
    }
  }

  override writeHead(status: number, ...args: unknown[]): this {
    if (this.#isAnswered) return this
    try {
      const given = args.findLast((arg) => typeof arg === 'object') as Headers | undefined
      const headers = given && toHttp2(given)
      this.#announced = this.req.method === 'HEAD' ? undefined : lengthIn(headers)
      if (headers && this.#announced !== undefined) this.#head = [status, headers]
      else (super.writeHead as Call)(status, headers)
    } catch (error) {
      this.onInvalidHead(error)
      this.answer(500, STATUS_CODES[500]!)
    }
    return this
  }

  /** Node's own, which its types do not know, writes a head. */
  flushHeaders(): void {
    if (this.#head) this.#sendHead(this.#head)
    else if (!this.headersSent) this.writeHead(this.statusCode)
  }

  override write(...args: unknown[]): boolean {
    return this.#isAnswered || !this.#mayWrite(args[0]) || (super.write as Call)(...args)
  }

  override end(...args: unknown[]): this {
    if (!this.#isAnswered && this.#mayWrite(args[0], true)) (super.end as Call)(...args)
    return this
  }

  #sendHead([status, headers]: readonly [number, Headers]): void {
    this.#head = undefined
    ;(super.writeHead as Call)(status, headers)
  }

  /** Sees to it that a body has the length that was announced (RFC 9113 §8.1.1). */
  #mayWrite(chunk: unknown, isLast = false): boolean {
    if (this.#announced === undefined) return true
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      this.#sent += Buffer.byteLength(chunk)
    }
    if (isLast ? this.#sent === this.#announced : this.#sent <= this.#announced) {
      if (this.#head) this.#sendHead(this.#head)
      // Node's `end` calls `write`, with what has been looked at.
      if (isLast) this.#announced = undefined
      return true
    }
    this.onWrongLength(new Error(`${this.#sent} bytes of ${this.#announced}`))
    if (this.headersSent) this.cutOff()
    else this.answer(500, STATUS_CODES[500]!)
    return false
  }

  protected onInvalidHead(_error: unknown): void {}
  protected onWrongLength(_error: unknown): void {}
}

export function createHttp2ReplyClass(log: Logger): typeof Http2Reply {
  const faults = createResponseFaults(log)
  return class extends Http2Reply {
    protected override onInvalidHead(error: unknown): void {
      faults.invalidHead(error)
    }

    protected override onWrongLength(error: unknown): void {
      faults.wrongLength(this, error)
    }

    /** With an error: the body that was being sent broke, and the client sees that it is cut short. */
    override destroy(error?: Error): this {
      if (error && !this.stream.destroyed) faults.brokenOff(this, error)
      return super.destroy(error)
    }
  }
}

/**
 * What a stream of HTTP/2 is doing.
 *
 * @param sent what its whole connection has sent. One write may be large, and nothing else shows that
 *   a part of it has gone
 */
export function http2Exchange(reply: Http2Reply, sent: number): Exchange {
  const { stream } = reply
  const { remoteClose, localWindowSize } = stream.state
  const hasWholeRequest = stream.endAfterHeaders || remoteClose === 1
  // The client has sent what it may until the handler reads (RFC 9113 §5.2).
  const isHeldBack = localWindowSize === 0
  return {
    response: reply,
    hasWholeRequest,
    isWaitingForPeer: !(hasWholeRequest || isHeldBack) || stream.bufferSize > 0,
    progress: [localWindowSize, stream.bufferSize, sent].join(),
    cutOff: (status) => reply.cutOff(status),
  }
}

/** Without what HTTP/2 says otherwise, at some of which Node would throw. @throws at an invalid value */
function toHttp2(headers: Headers): Headers {
  if (Array.isArray(headers)) return headers
  const kept: Record<string, string | readonly string[] | number> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (connectionFields.has(name.toLowerCase())) continue
    // Node checks this for HTTP/1 only.
    for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one)
    kept[name] = value
  }
  return kept
}

function lengthIn(headers: Headers = {}): number | undefined {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'content-length')
  return name === undefined ? undefined : Number(headers[name])
}
