import { IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { reset } from './exchange.ts'
import type { Reply } from './reply.ts'
import { readStream, unusable } from './whole-body.ts'

/** How long what is left of a refused body is read, so that the client gets to read the refusal. */
const lingerMs = 2_000

/** A body that is read past the stream. */
interface WholeBody {
  readonly chunks: Buffer[]
  readonly end: (body: Buffer) => void
  readonly fail: (error: unknown) => void
}

const noBytes = Buffer.alloc(0)

/** The request class of a server. It refuses a body that is larger than it may be. */
export class Incoming extends IncomingMessage {
  protected readonly bodyLimitBytes: number = Infinity
  #receivedBytes = 0
  #onRefusedEnd: (() => void) | undefined
  #whole: WholeBody | undefined

  /** One of no bytes is one too (RFC 9112 §6.3). */
  get hasBody(): boolean {
    const { 'content-length': length, 'transfer-encoding': coding } = this.headers
    return length !== undefined || coding !== undefined
  }

  /** Whether there is a body to wait for that is not refused by its length (RFC 9110 §10.1.1). */
  get mayContinue(): boolean {
    const { 'content-length': announced, 'transfer-encoding': coding } = this.headers
    if (announced === undefined) return coding !== undefined
    return announced !== '0' && Number(announced) <= this.bodyLimitBytes
  }

  /** @returns whether the body was announced as too large, and has been refused */
  refuseLargeBody(reply: Reply): boolean {
    const announced = this.headers['content-length']
    if (announced === undefined || Number(announced) <= this.bodyLimitBytes) return false
    this.#refuseBody(reply)
    return true
  }

  /**
   * Answers a request that nobody is to read. One without a body leaves the connection open: a new
   * one would cost more than the request that is refused.
   */
  refuse(reply: Reply, status: number, reason: string, headers?: OutgoingHttpHeaders): void {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = this.headers
    const hasBody = length !== '0' || coding !== undefined
    reply.answer(status, reason, headers, !hasBody)
    if (hasBody) this.#linger(reply)
    else reply.finish()
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.#onRefusedEnd) {
      if (chunk === null) this.#onRefusedEnd()
      return true
    }
    if (!(chunk instanceof Uint8Array)) {
      if (!this.#whole) return super.push(chunk, encoding)
      this.#endWhole(this.#whole)
      return false
    }
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes <= this.bodyLimitBytes) {
      if (!this.#whole) return super.push(chunk, encoding)
      this.#whole.chunks.push(chunk as Buffer)
      return true
    }
    const reply = (this.socket as { _httpMessage?: Reply | null })._httpMessage
    if (!reply || reply.headersSent) reset(this.socket)
    else this.#refuseBody(reply)
    return true
  }

  /**
   * Resolves with what `as` makes of the whole body. Where none of it has come yet, it goes past the
   * stream: its events and its buffer are half of what a small body costs.
   *
   * @throws TypeError where somebody has begun to read it
   */
  readWhole<Result>(as: (body: Buffer) => Result): Promise<Result> {
    // Where there is none, Node has closed the stream already.
    if (this.readableEnded && !this.readableDidRead) return Promise.resolve(as(noBytes))
    if (this.readableDidRead || this.#whole) return Promise.reject(unusable())
    if (this.complete || this.destroyed || this.readableLength > 0) return this.#readStream(as)
    // As the first read of a stream does: Node is told that somebody reads.
    this._read(0)
    return new Promise((resolve, reject) => {
      this.#whole = { chunks: [], end: (body) => resolve(as(body)), fail: reject }
    })
  }

  /** All of it is there, and the stream is at its end, as where there is no body. */
  #endWhole({ chunks, end }: WholeBody): void {
    const { _readableState: state } = this as unknown as { _readableState: object }
    const isOver = { ended: true, endEmitted: true, destroyed: true }
    Object.assign(state, isOver, { closed: true, closeEmitted: true })
    end(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  }

  async #readStream<Result>(as: (body: Buffer) => Result): Promise<Result> {
    if (!this.complete || !this.destroyed) return as(await readStream(this))
    // All of it came before the client went away. Node 26 reads a chunk at a time, others all.
    const chunks: Buffer[] = []
    while (this.readableLength > 0) chunks.push(this.read())
    return as(Buffer.concat(chunks))
  }

  /** 413, whole and at once, and an error for who reads the body. */
  #refuseBody(reply: Reply): void {
    reply.answer(413, `Content Too Large: at most ${this.bodyLimitBytes} bytes`)
    this.#linger(reply)
    this.destroy(new Error(`the body is larger than ${this.bodyLimitBytes} bytes`))
  }

  /**
   * The connection ends only when the client has sent the rest or had time to read: closing with
   * bytes unread would reset it, and take the answer with it.
   */
  #linger(reply: Reply): void {
    this.#onRefusedEnd = () => reply.finish()
    setTimeout(this.#onRefusedEnd, lingerMs).unref()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#whole?.fail(error ?? new Error('the client went away'))
    if (!this.#onRefusedEnd) super._destroy(error, callback)
    // Node's own would destroy the socket, which still has to carry the answer.
    else callback(this.listenerCount('error') > 0 ? error : null)
  }
}

export function createRequestClass(limitBytes: number): typeof Incoming {
  return class extends Incoming {
    protected override readonly bodyLimitBytes = limitBytes
  }
}
