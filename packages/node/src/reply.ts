import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Logger } from '@mooring/core'
import { describeRequest, reset } from './exchange.ts'

type WriteHead = (...args: unknown[]) => ServerResponse
type Write = (...args: unknown[]) => boolean

/**
 * The response class of a server. Once a signal has come it says `Connection: close` on every
 * response. It can be answered over the handler's head; what the handler writes then goes nowhere.
 */
export class Reply<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  readonly startedAtMs: number = performance.now()
  /**
   * Node then throws where a body is longer or shorter than the Content-Length that a handler set:
   * the client would take what follows for a part of it, or a part of it for what follows.
   */
  override strictContentLength = true
  #isAnswered = false

  /**
   * Writes a whole answer of one line; `finish` ends it.
   *
   * @param keepsOpen whether the connection may go on; without it the answer is its last
   */
  answer(
    status: number,
    reason: string,
    headers?: OutgoingHttpHeaders,
    keepsOpen: boolean = false,
  ): void {
    for (const name of this.getHeaderNames()) this.removeHeader(name)
    const body = `${status} ${reason}\n`
    this.shouldKeepAlive &&= keepsOpen
    this.writeHead(status, STATUS_CODES[status], {
      'Content-Type': 'text/plain; charset=UTF-8',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    })
    super.write(body)
    this.#isAnswered = true
  }

  finish(): void {
    super.end()
  }

  override writeHead(...args: unknown[]): this {
    if (this.#isAnswered) return this
    try {
      ;(super.writeHead as WriteHead)(...args)
    } catch (error) {
      // A header value with a line break or an emoji, a status of 99. The listener below calls this
      // where no handler could catch the throw, and the process would end.
      this.onInvalidHead(error)
      this.answer(500, 'Internal Server Error')
      this.finish()
    }
    return this
  }

  override write(...args: unknown[]): boolean {
    if (this.#isAnswered) return true
    try {
      return (super.write as Write)(...args)
    } catch (error) {
      this.#endWrongLength(error)
      return true
    }
  }

  override end(...args: unknown[]): this {
    if (this.#isAnswered) return this
    try {
      ;(super.end as WriteHead)(...args)
    } catch (error) {
      this.#endWrongLength(error)
    }
    return this
  }

  /** 500 where no byte has left yet, else the connection is cut off where it is. */
  #endWrongLength(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') throw error
    if (this.destroyed) return
    this.onWrongLength(error)
    const state = this as unknown as { _header: string | null; _headerSent: boolean }
    if (state._headerSent) {
      this.#isAnswered = true
      if (this.socket) reset(this.socket)
      return
    }
    // The head is made and waits for the first byte of the body: it is taken back.
    state._header = null
    this.answer(500, 'Internal Server Error')
    this.finish()
  }

  protected onInvalidHead(_error: unknown): void {}
  protected onWrongLength(_error: unknown): void {}
}

/** @param isLeaving whether a signal has come */
export function createReplyClass(isLeaving: () => boolean, log: Logger): typeof Reply {
  return class extends Reply {
    override writeHead(...args: unknown[]): this {
      // At the last request of a connection Node says close, and leaves closing to the client.
      const { maxRequestsOnConnectionReached } = this as {
        maxRequestsOnConnectionReached?: boolean
      }
      if (isLeaving() || maxRequestsOnConnectionReached) this.shouldKeepAlive = false
      return super.writeHead(...args)
    }

    protected override onInvalidHead(error: unknown): void {
      log.error('the response has an invalid head', { error })
    }

    protected override onWrongLength(error: unknown): void {
      const { method, path } = describeRequest(this)
      log.error('the response has another length than it says', { method, path, error })
    }

    /** With an error: the body that was being sent broke, and the client sees that it is cut short. */
    override destroy(error?: Error): this {
      if (error && !this.destroyed) {
        log.error('the response broke off', { ...describeRequest(this), error })
      }
      return super.destroy(error)
    }
  } as typeof Reply
}
