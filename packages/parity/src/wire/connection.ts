import { connect, type Socket } from 'node:net'

/** How the other side has left a connection. */
export type Ending = 'open' | 'closed' | 'reset' | 'refused'

/** A raw connection: what is sent is sent as it is, what comes is kept as it comes. */
export interface Connection {
  /** Bytes that came and that nobody has taken yet. */
  readonly pending: () => Buffer
  /** Takes the first `bytes` of what is pending. */
  readonly take: (bytes: number) => Buffer
  readonly ending: () => Ending
  /** Calls `taken` when all of it is on its way, which the other side can hold back, or cannot be. */
  readonly send: (bytes: Buffer, taken?: () => void) => void
  /** Reads nothing, so that the other side can send only what fits in between. */
  readonly pause: () => void
  readonly resume: () => void
  /** Says that nothing more will be sent. */
  readonly end: () => void
  /** Waits for more bytes or the end; `false` when neither came in `ms`. */
  readonly news: (ms: number) => Promise<boolean>
  readonly close: () => void
}

/** Where a target listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Connects; what fails shows as the ending. */
export async function open({ host, port }: Address): Promise<Connection> {
  // An end that the other side sends first must not end ours: a request may still be on its way.
  const socket: Socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
  // Of which the first `length` bytes have come.
  let room = Buffer.alloc(0)
  let length = 0
  let ending: Ending = 'open'
  let waiting: (() => void)[] = []

  function wake(): void {
    const all = waiting
    waiting = []
    for (const resolve of all) resolve()
  }
  function finish(how: Ending): void {
    if (ending === 'open') ending = how
    wake()
  }
  socket.on('data', (chunk: Buffer) => {
    if (length + chunk.length > room.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * room.length, length + chunk.length))
      room.copy(larger, 0, 0, length)
      room = larger
    }
    length += chunk.copy(room, length)
    wake()
  })
  socket.on('end', () => finish('closed'))
  socket.on('close', () => finish('closed'))
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    finish(code === 'ECONNREFUSED' ? 'refused' : 'reset')
  })
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve)
    socket.once('close', () => resolve())
  })

  return {
    pending: () => room.subarray(0, length),
    take(bytes) {
      const taken = room.subarray(0, bytes)
      room = room.subarray(bytes)
      length -= bytes
      return taken
    },
    ending: () => ending,
    send(bytes, taken) {
      if (socket.writable) socket.write(bytes, taken)
      else taken?.()
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    news(ms) {
      if (ending !== 'open') return Promise.resolve(false)
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), Math.max(ms, 1))
        waiting.push(() => {
          clearTimeout(timer)
          resolve(true)
        })
      })
    },
    close: () => void socket.destroy(),
  }
}
