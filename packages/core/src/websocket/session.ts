import type { RawWebSocket, ReceivedClose } from '../adapter/web-socket.ts'
import type { Logger } from '../log.ts'
import { checkClose, isCloseCode, isShort } from './close.ts'
import {
  bytesOf,
  closeEvent,
  errorEvent,
  sendable,
  WebSocketContext,
  type WebSocketEvents,
} from './events.ts'
import { messageEvent } from './message-event.ts'

export interface SessionParts {
  readonly socket: RawWebSocket
  readonly events: WebSocketEvents<any>
  readonly url: string
  readonly protocol: string | undefined
  readonly maxMessageBytes: number
  readonly maxBufferedBytes: number
  readonly log: Logger
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Whether it was opened before, so that `onOpen` has been called. @default false */
  readonly isOpen?: boolean
}

/** What a waiting message costs beside its bytes: an empty one must count too. */
const messageCostBytes = 256

/** How many of the largest messages may wait for a handler where reading cannot be paused. */
const mostWaiting = 16

const lost: ReceivedClose = { code: 1006, reason: '', wasClean: false }

export interface Session {
  /**
   * Runs a handler of what did not come from the client, in its turn. Resolves when it has settled,
   * or will not run, since the socket is closed.
   */
  readonly handle: (run: (ws: WebSocketContext<unknown>) => unknown) => Promise<void>
}

/** One WebSocket from its opening to its end: the same on every runtime. */
export function runSession(parts: SessionParts): Session {
  const { socket, events, url, protocol, maxMessageBytes, maxBufferedBytes, log } = parts
  const tasks: { readonly run: () => unknown; readonly bytes: number }[] = []
  let isRunning = false
  let waitingBytes = 0
  let isPaused = false
  /** Whether the app has closed it, and whether `onClose` has been called. */
  let isClosing = false
  let isOver = false

  const init = {
    raw: socket,
    url,
    protocol: protocol ?? '',
    get readyState() {
      return (isOver ? 3 : isClosing ? 2 : socket.readyState) as 0 | 1 | 2 | 3
    },
    send(source: unknown) {
      const data = sendable(source)
      // As in the standard: what comes too late goes nowhere.
      if (isOver || isClosing || socket.readyState !== 1) return
      if (socket.bufferedAmount <= maxBufferedBytes) return socket.send(data)
      log.warn('a WebSocket client does not read', { path: pathOf(url), maxBufferedBytes })
      close(1013)
      socket.terminate?.()
      end(lost)
    },
    close(code?: number, reason?: string) {
      checkClose(code, reason)
      close(code, reason)
    },
  }
  const ws = new WebSocketContext<unknown>(init, () => socket.bufferedAmount)

  function close(code?: number, reason?: string): void {
    if (isClosing || isOver) return
    isClosing = true
    // The peer's close frame is to be read, whatever still waits.
    readOn()
    if (code === undefined) socket.close()
    else socket.close(code, reason)
  }

  function readOn(): void {
    if (isPaused) socket.resume?.()
    isPaused = false
  }

  /** Runs the handlers one after the other. One that is synchronous costs no promise. */
  function enqueue(run: () => unknown, bytes = 0): void {
    tasks.push({ run, bytes })
    waitingBytes += bytes
    if (isRunning) return
    isRunning = true
    const work = runTasks()
    if (isRunning) parts.waitUntil(work)
  }

  async function runTasks(): Promise<void> {
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      try {
        const result = task.run()
        if (isThenable(result)) await result
      } catch (error) {
        log.error('a WebSocket handler failed', { path: pathOf(url), error })
        close(1011)
      }
      waitingBytes -= task.bytes
      if (isPaused && waitingBytes <= maxMessageBytes) readOn()
    }
    isRunning = false
  }

  function end(how: ReceivedClose): void {
    if (isOver) return
    isOver = true
    enqueue(() => events.onClose?.(closeEvent(how), ws))
  }

  /** RFC 6455 §7.1.7: the client did what it must not. */
  function fail(message: string, code?: number): void {
    if (isOver) return
    if (code !== undefined) close(code)
    enqueue(() => events.onError?.(errorEvent(message), ws))
    end(lost)
  }

  socket.addEventListener('message', ({ data }) => {
    if (isClosing || isOver) return
    const message = data as string | ArrayBuffer
    const bytes = bytesOf(message, maxMessageBytes)
    if (bytes > maxMessageBytes) {
      return fail(`The message has more than ${maxMessageBytes} bytes.`, 1009)
    }
    // A handler may have closed since; what came before the client's own close is still handled.
    const handle = () => {
      if (!isClosing) return events.onMessage?.(messageEvent(message), ws)
    }
    enqueue(handle, bytes + messageCostBytes)
    if (waitingBytes <= maxMessageBytes) return
    if (!isPaused) socket.pause?.()
    isPaused = true
    if (waitingBytes <= maxMessageBytes * mostWaiting) return
    log.warn('a WebSocket client sends faster than it is handled', { path: pathOf(url) })
    fail('More messages wait than may.', 1013)
  })
  socket.addEventListener('error', ({ message }) => fail(message))
  socket.addEventListener('close', ({ code, reason, wasClean }) => {
    const isValid = code === 1005 || (isCloseCode(code) && isShort(reason))
    // Workers leave a close frame to us: they would answer an invalid one with its own code.
    if (socket.readyState === 2 && !isClosing) {
      if (code === 1005) socket.close()
      else socket.close(isValid ? code : 1002, isValid ? reason : undefined)
    }
    if (code === 1006) end(lost)
    else if (isValid) end({ code, reason, wasClean })
    else fail(`The close frame is invalid: its code is ${code}.`)
  })
  if (!parts.isOpen) enqueue(() => events.onOpen?.(new Event('open'), ws))
  return {
    handle: (run) =>
      new Promise((resolve) => {
        enqueue(async () => {
          try {
            if (!isClosing && !isOver) await run(ws)
          } finally {
            resolve()
          }
        })
      }),
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}

/** Without its query, which may hold what no log should. */
function pathOf(url: string): string {
  return new URL(url).pathname
}
