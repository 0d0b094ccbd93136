import type { RawWebSocket, ReceivedClose } from '@mooring/core/adapter'

interface Listeners {
  readonly message: ((event: { readonly data: unknown }) => void)[]
  readonly close: ((event: ReceivedClose) => void)[]
  readonly error: ((event: { readonly message: string }) => void)[]
}

/** A connection that was lost: no fault of the client's, and no error on any other runtime. */
const losses = /unexpected eof|connection reset|broken pipe/i

/** A WebSocket of Deno with the closing codes of RFC 6455 §7.1.5, where Deno says 0. */
export class DenoRawWebSocket implements RawWebSocket {
  readonly #socket: WebSocket
  readonly #listeners: Listeners = { message: [], close: [], error: [] }
  /** Whether the app has closed it, and with which code. */
  #isClosing = false
  #code: number | undefined
  #hasFailed = false

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      for (const listener of this.#listeners.message) listener({ data })
    })
    socket.addEventListener('error', (event) => {
      const { message = 'the connection failed' } = event as { message?: string }
      this.#hasFailed = true
      if (losses.test(message)) return
      for (const listener of this.#listeners.error) listener({ message })
    })
    socket.addEventListener('close', (event) => this.#end(event))
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data)
  }

  close(code?: number, reason?: string): void {
    this.#isClosing = true
    this.#code = code
    // Within its own event Deno would take what comes next for an error, and send no close frame.
    setTimeout(() => this.#socket.close(code, reason))
  }

  addEventListener(type: keyof Listeners, listener: (event: any) => void): void {
    this.#listeners[type].push(listener)
  }

  #end({ code, reason, wasClean }: CloseEvent): void {
    // What a client sends after our close frame makes Deno forget that there was one.
    const isOurs = code === 0 && this.#isClosing && !this.#hasFailed
    const event = isOurs
      ? { code: this.#code ?? 1005, reason: '', wasClean: true }
      : { code: code === 0 ? 1006 : code, reason, wasClean }
    for (const listener of this.#listeners.close) listener(event)
  }
}
