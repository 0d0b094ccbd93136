import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@mooring/core'
import { reset } from './exchange.ts'
import type { Limits } from './limits.ts'
import { createResponseFaults } from './response-faults.ts'
import { wholeHead } from './response-head.ts'

/** How Node ends a head whose body it knows nothing of. */
const chunked = /Transfer-Encoding: chunked\r\n\r\n$/

/** What Node keeps of a response. */
interface State {
  socket: Socket | null
  _header: string | null
  readonly _headerSent: boolean
  readonly _hasBody: boolean
  _contentLength: number | null
  _last: boolean
  _keepAliveTimeout: number
  _closed: boolean
  _send(data: string, encoding: BufferEncoding): boolean
  _flush(): void
}

type Response = Omit<ServerResponse, keyof State> & State

/** What Node keeps of a response on the connection that it is written to. */
interface Carrier extends Socket {
  _httpMessage?: Response | null
  hasCloseListener?: true
}

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
  declare abortReason: string | undefined
  #isAnswered = false
  #hasWritten = false

  /** As Node's, which adds a listener to the connection for each response, and takes it off again. */
  override assignSocket(socket: Carrier): void {
    if (!socket.hasCloseListener) {
      socket.hasCloseListener = true
      socket.on('close', closeReply)
    }
    const state = this as unknown as Response
    socket._httpMessage = state
    state.socket = socket
    this.emit('socket', socket)
    state._flush()
  }

  override detachSocket(socket: Carrier): void {
    socket._httpMessage = null
    ;(this as unknown as State).socket = null
  }

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

  /** Writes a whole response. */
  send(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array | null): void {
    if (this.#isAnswered) return
    const length = body === null ? 0 : Buffer.byteLength(body)
    const state = this as unknown as State
    const head = this.isOrdinary(status)
      ? wholeHead(status, headers, length, this.connectionLines())
      : undefined
    if (head === undefined) {
      this.#sendSlowly(status, headers, body, length)
      return
    }
    this.statusCode = status
    this.strictContentLength = false
    state._header = head
    if (length === 0) super.end()
    else super.end(body)
  }

  /** Whether nothing but the app's response has a say in the head. */
  protected isOrdinary(status: number): boolean {
    const { _hasBody, _header } = this as unknown as State
    // HTTP/1.0 has no chunks, and a response to HEAD or without content no length of its own.
    if (!this.useChunkedEncodingByDefault || !_hasBody || _header !== null) return false
    return status !== 204 && status !== 304 && this.getHeaderNames().length === 0
  }

  #sendSlowly(
    status: number,
    headers: OutgoingHttpHeaders,
    body: string | Uint8Array | null,
    length: number,
  ): void {
    if (saysLength(headers)) this.writeHead(status, headers)
    else if (this.useChunkedEncodingByDefault) {
      // As Node has it for a body that comes with `end`.
      ;(this as unknown as State)._contentLength = length
      this.writeHead(status, headers)
    } else {
      // Where Node would say no length of its own accord.
      this.writeHead(status, body === null ? headers : { ...headers, 'Content-Length': length })
    }
    if (length === 0) this.end()
    else this.end(body)
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
    this.#hasWritten = true
    try {
      return (super.write as Write)(...args)
    } catch (error) {
      this.#endWrongLength(error)
      return true
    }
  }

  override end(...args: unknown[]): this {
    if (this.#isAnswered) return this
    if (!this.#hasWritten) {
      if (args[0] == null) this.#sayEmpty()
      else this.#checkWhole(args[0])
    }
    try {
      ;(super.end as WriteHead)(...args)
    } catch (error) {
      this.#endWrongLength(error)
    }
    return this
  }

  /**
   * A response that ends before a byte of it is written has the length 0. Its head is made by then,
   * and says `Transfer-Encoding: chunked`, or a length that the app made up.
   */
  #sayEmpty(): void {
    const state = this as unknown as State
    if (state._headerSent || !state._header || !state._hasBody) return
    if (this.chunkedEncoding) {
      state._header = state._header.replace(chunked, 'Content-Length: 0\r\n\r\n')
      this.chunkedEncoding = false
    } else if (state._contentLength) {
      state._header = state._header.replace(/(?<=\r\ncontent-length: )\d+/i, '0')
      state._contentLength = 0
    }
  }

  /** What is beyond ASCII in a head stands for its bytes; Node's own would encode it. */
  override flushHeaders(): void {
    const state = this as unknown as State
    if (state._header && !state._headerSent) state._send('', 'latin1')
    else super.flushHeaders()
  }

  /** Node sends head and body in one write only where it has no length to check. */
  #checkWhole(body: unknown): void {
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) return
    const said = (this as unknown as State)._contentLength
    if (said === null || said === Buffer.byteLength(body)) this.strictContentLength = false
  }

  /** 500 where the body came as a whole, else the connection is cut off where it is. */
  #endWrongLength(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_HTTP_CONTENT_LENGTH_MISMATCH') throw error
    if (this.destroyed) return
    this.onWrongLength(error)
    if (this.#hasWritten) {
      this.#cutOff()
      return
    }
    // The head is made and waits for the first byte of the body: it is taken back.
    ;(this as unknown as State)._header = null
    this.answer(500, 'Internal Server Error')
    this.finish()
  }

  #cutOff(): void {
    const { socket } = this
    // What is written already goes out, however fast the stream was.
    this.flushHeaders()
    this.#isAnswered = true
    if (!socket) return
    while (socket.writableCorked > 0) socket.uncork()
    reset(socket)
  }

  /** What a head says of the connection; where it is to end, that is seen to. */
  protected connectionLines(): string {
    if (this.shouldKeepAlive) return 'Connection: keep-alive\r\n'
    ;(this as unknown as State)._last = true
    return 'Connection: close\r\n'
  }

  protected onInvalidHead(_error: unknown): void {}
  protected onWrongLength(_error: unknown): void {}
}

/** Whether headers say how long the body is, or that its length is not said. */
function saysLength(headers: OutgoingHttpHeaders): boolean {
  for (const name in headers) {
    const { length } = name
    if (length !== 14 && length !== 17 && length !== 7) continue
    const lower = name.toLowerCase()
    if (lower === 'content-length' || lower === 'transfer-encoding' || lower === 'trailer')
      return true
  }
  return false
}

/** Ends the response that is being written on a connection that has closed, as Node would. */
function closeReply(this: Carrier): void {
  const reply = this._httpMessage
  if (!reply || reply._closed) return
  reply.destroyed = true
  reply._closed = true
  reply.emit('close')
}

/** @param isLeaving whether a signal has come */
export function createReplyClass(
  isLeaving: () => boolean,
  { keepAliveTimeoutMs, maxRequestsPerConnection: most }: Limits,
  log: Logger,
): typeof Reply {
  const seconds = Math.floor(keepAliveTimeoutMs / 1_000)
  const keepAlive =
    seconds > 0 ? `Keep-Alive: timeout=${seconds}${most > 0 ? `, max=${most}` : ''}\r\n` : ''
  const faults = createResponseFaults(log)
  const openLines = `Connection: keep-alive\r\n${keepAlive}`

  return class extends Reply {
    override writeHead(...args: unknown[]): this {
      this.#decideEnd()
      // The server's own is 0: it is not Node that sees to idle connections.
      ;(this as unknown as State)._keepAliveTimeout = keepAliveTimeoutMs
      return super.writeHead(...args)
    }

    protected override connectionLines(): string {
      this.#decideEnd()
      return this.shouldKeepAlive ? openLines : super.connectionLines()
    }

    #decideEnd(): void {
      // At the last request of a connection Node says close, and leaves closing to the client.
      const { maxRequestsOnConnectionReached } = this as {
        maxRequestsOnConnectionReached?: boolean
      }
      if (isLeaving() || maxRequestsOnConnectionReached) this.shouldKeepAlive = false
    }

    protected override onInvalidHead(error: unknown): void {
      faults.invalidHead(error)
    }

    protected override onWrongLength(error: unknown): void {
      faults.wrongLength(this, error)
    }

    /** With an error: the body that was being sent broke, and the client sees that it is cut short. */
    override destroy(error?: Error): this {
      if (error && !this.destroyed) faults.brokenOff(this, error)
      return super.destroy(error)
    }
  } as typeof Reply
}
