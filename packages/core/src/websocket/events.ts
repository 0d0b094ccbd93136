import { WSContext } from 'hono/ws'
import type { RawWebSocket, ReceivedClose } from '../adapter/web-socket.ts'
import { MooringError } from '../errors.ts'

/** What an event handler gets: Hono's `WSContext`, and how much the client has not read yet. */
export class WebSocketContext<Raw = unknown> extends WSContext<Raw> {
  readonly #bufferedAmount: () => number

  constructor(init: ConstructorParameters<typeof WSContext<Raw>>[0], bufferedAmount: () => number) {
    super(init)
    this.#bufferedAmount = bufferedAmount
  }

  /** Bytes that were sent and are still held here, since the client does not read as fast. */
  get bufferedAmount(): number {
    return this.#bufferedAmount()
  }
}

/**
 * What happens on a WebSocket. The handlers of one socket run one after the other, also when they
 * are asynchronous: the next message is handled when the promise for the one before has settled.
 * What one throws, or rejects with, is logged, and the socket is closed with 1011.
 */
export interface WebSocketEvents<Raw = unknown> {
  /** The handshake is done. Comes first. */
  onOpen?(event: Event, ws: WebSocketContext<Raw>): unknown
  /** A whole message: text as a string, binary as an `ArrayBuffer`. */
  onMessage?(event: MessageEvent<string | ArrayBuffer>, ws: WebSocketContext<Raw>): unknown
  /** Comes last, once for each `onOpen`. Without a close frame the code is 1006. */
  onClose?(event: CloseEvent, ws: WebSocketContext<Raw>): unknown
  /** The client broke the protocol or a limit. `onClose` follows, with 1006. */
  onError?(event: Event & { readonly message: string }, ws: WebSocketContext<Raw>): unknown
}

/** Not every runtime has CloseEvent: Node does from 23 on. */
export function closeEvent({ code, reason, wasClean }: ReceivedClose): CloseEvent {
  return Object.assign(new Event('close'), { code, reason, wasClean }) as CloseEvent
}

/** Node has no ErrorEvent. */
export function errorEvent(message: string): Event & { readonly message: string } {
  return Object.assign(new Event('error'), { message })
}

/**
 * What can be sent. Bytes are copied, since the app may write to its buffer before they are gone, and
 * not every runtime does that itself.
 *
 * @throws MOORING_E_WEBSOCKET
 */
export function sendable(data: unknown): Parameters<RawWebSocket['send']>[0] {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return data.slice(0)
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  }
  throw new MooringError('MOORING_E_WEBSOCKET', {
    message: `send was given ${data === null ? 'null' : typeof data}.`,
    why: 'A message is text (a string) or binary (an ArrayBuffer or a view of one).',
    fix: 'send(JSON.stringify(value)), or bytes.',
  })
}

/** The bytes of a message on the wire. */
export function bytesOf(data: string | ArrayBuffer, most: number): number {
  if (typeof data !== 'string') return data.byteLength
  // A UTF-16 unit is at most three bytes of UTF-8: nearly every text need not be encoded for this.
  return data.length * 3 <= most ? data.length : new TextEncoder().encode(data).length
}
