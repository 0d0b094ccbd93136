import { relayedStream } from '../relayed-stream.ts'
import { unreadLimits } from '../unread-limits.ts'
import type { FetchExchange } from './fetch-exchange.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A body of at most so many bytes has come with its head, or comes right after it. */
const smallBytes = 64 * 1024

/**
 * The request as the app gets it. What a large body does is known: how much of it has come, so that
 * more than the limit is refused and a long upload is no handler that never answers; and what is left
 * of it when its answer is delivered.
 *
 * @param onLarge called when more comes than `limitBytes`; who reads gets an error
 */
export function receiveBody(
  given: Request,
  exchange: FetchExchange,
  limitBytes: number,
  onLarge: () => void,
): Request {
  const announced = given.headers.get('content-length')
  // Not asked for its body: to make a stream of one costs more than all that a small request needs.
  if (announced !== null && Number(announced) <= smallBytes) return given
  const { body } = given
  if (body === null) return given
  const received = new ReceivedBody(body, exchange, limitBytes, onLarge)
  // Whether it fails, or the client is gone, is for nobody any more.
  exchange.incoming.delivered?.then(received.discard).catch(() => {})
  // Half: the answer comes when it comes (Fetch §5.4).
  const init = { body: relayedStream(received), duplex: 'half' } as RequestInit
  return new Request(given, init)
}

class ReceivedBody {
  readonly #body: ReadableStream<Bytes>
  readonly #exchange: FetchExchange
  readonly #limitBytes: number
  readonly #onLarge: () => void
  #reader: ReadableStreamDefaultReader<Bytes> | undefined
  #bytes = 0
  #reads = 0
  #isReading = false
  #isOver = false

  constructor(
    body: ReadableStream<Bytes>,
    exchange: FetchExchange,
    limitBytes: number,
    onLarge: () => void,
  ) {
    this.#body = body
    this.#exchange = exchange
    this.#limitBytes = limitBytes
    this.#onLarge = onLarge
  }

  async read(): Promise<ReadableStreamReadResult<Bytes>> {
    this.#reader ??= this.#body.getReader()
    this.#reads += 1
    this.#isReading = true
    try {
      const result = await this.#reader.read()
      this.#exchange.movedAtMs = performance.now()
      if (result.done) this.#isOver = true
      else this.#count(result.value)
      return result
    } finally {
      this.#isReading = false
    }
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#isOver = true
    await (this.#reader ?? this.#body).cancel(reason)
  }

  /** @throws where it is more than there may be */
  #count({ length }: Bytes): void {
    this.#bytes += length
    if (this.#bytes <= this.#limitBytes) return
    this.#onLarge()
    const error = new Error(`the body is larger than ${this.#limitBytes} bytes`)
    this.cancel(error).catch(() => {})
    throw error
  }

  /**
   * Takes what a handler has left of a body that it began to read off the wire: Deno would leave it
   * there, and the client would neither get on nor be told.
   */
  readonly discard = async (): Promise<void> => {
    const { ms, bytes } = unreadLimits
    const reads = this.#reads
    // Who reads on after the answer may.
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (this.#isOver || this.#isReading || this.#reads !== reads || !this.#reader) return
    const mostBytes = this.#bytes + bytes
    // Ends a read that waits for a client that sends no more, too.
    const deadline = setTimeout(() => void this.cancel().catch(() => {}), ms)
    try {
      while (!this.#isOver && this.#bytes < mostBytes) await this.read()
    } finally {
      clearTimeout(deadline)
      if (!this.#isOver) await this.cancel()
    }
  }
}
