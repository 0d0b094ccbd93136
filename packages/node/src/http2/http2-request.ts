import type { OutgoingHttpHeaders } from 'node:http'
import { Http2ServerRequest } from 'node:http2'
import { readStream, unusable } from '../whole-body.ts'

/** What a refusal needs of a reply. */
interface Refusing {
  readonly headersSent: boolean
  answer(status: number, reason: string, headers?: OutgoingHttpHeaders): void
  finish(): void
  cutOff(): void
}

/** The request class of HTTP/2, which does for the listener and its guards what `Incoming` does. */
export class Http2Incoming extends Http2ServerRequest {
  declare reply: Refusing
  declare protected readonly bodyLimitBytes: number
  #receivedBytes = 0
  #isRefused = false

  get hasBody(): boolean {
    return !this.stream.endAfterHeaders || this.headers['content-length'] !== undefined
  }

  /**
   * Makes it look as it would in HTTP/1.1: the authority is in `Host`, and the scheme is that of the
   * connection, whatever the client calls it.
   *
   * @returns why it cannot: no authority, or two of them (RFC 9113 §8.3.1)
   */
  toHttp1(): string | undefined {
    const { headers, rawHeaders } = this
    headers[':scheme'] = 'https'
    const authority = headers[':authority']
    if (authority === undefined) return headers.host === undefined ? 'no authority' : undefined
    delete headers[':authority']
    if (headers.host === undefined) {
      headers.host = authority
      rawHeaders.push('host', authority)
    } else if (headers.host.toLowerCase() !== authority.toLowerCase()) {
      return 'a Host that is not the authority'
    }
    return undefined
  }

  /** @returns whether the body was announced as too large, and has been refused */
  refuseLargeBody(reply: Refusing): boolean {
    const announced = this.headers['content-length']
    if (announced === undefined || Number(announced) <= this.bodyLimitBytes) return false
    this.#refuseBody(reply)
    return true
  }

  /** Answers a request that nobody reads. */
  refuse(reply: Refusing, status: number, reason: string, headers?: OutgoingHttpHeaders): void {
    reply.answer(status, reason, headers)
    reply.finish()
  }

  /** @throws TypeError where somebody has begun to read it */
  async readWhole<Result>(as: (body: Buffer) => Result): Promise<Result> {
    if (this.readableDidRead) throw unusable()
    return as(await readStream(this))
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.#isRefused) return true
    if (!(chunk instanceof Uint8Array)) return super.push(chunk, encoding)
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes <= this.bodyLimitBytes) return super.push(chunk, encoding)
    this.#refuseBody(this.reply)
    return true
  }

  /** 413, whole and at once, and an error for who reads the body. The other streams go on. */
  #refuseBody(reply: Refusing): void {
    this.#isRefused = true
    if (reply.headersSent) reply.cutOff()
    else this.refuse(reply, 413, `Content Too Large: at most ${this.bodyLimitBytes} bytes`)
    this.destroy(new Error(`the body is larger than ${this.bodyLimitBytes} bytes`))
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // Where nobody reads the body, nobody is to be told.
    callback(this.listenerCount('error') > 0 ? error : null)
  }
}

export function createHttp2RequestClass(limitBytes: number): typeof Http2Incoming {
  return class extends Http2Incoming {
    protected override readonly bodyLimitBytes = limitBytes
  }
}
