import type { Connection } from './connection.ts'

/** A body that goes out as fast as the other side takes it. */
export interface Upload {
  /** Waits for what becomes of it: `all taken`, `held back`, or how the connection has ended. */
  readonly outcome: () => Promise<string>
}

/** The outcome of what stays with the client. */
export const heldBack = 'held back'

/** What is not taken for so long is held back. */
const quietMs = 1_500

/** Far less than what fits in between. */
const piece: Buffer = Buffer.alloc(65_536, 'x')

/** Sends a body of so many bytes, as a whole or in chunks (RFC 9112 §7.1). */
export function startUpload(on: Connection, bytes: number, isChunked: boolean): Upload {
  let movedAtMs = performance.now()
  let isDone = false

  async function sendAll(): Promise<void> {
    for (let left = bytes; left > 0 && on.ending() === 'open'; left -= piece.length) {
      const part = piece.subarray(0, left)
      const size = part.length.toString(16)
      const framed = isChunked ? Buffer.from(`${size}\r\n${part.toString()}\r\n`) : part
      await new Promise<void>((taken) => on.send(framed, taken))
      movedAtMs = performance.now()
    }
    if (isChunked) on.send(Buffer.from('0\r\n\r\n'))
    isDone = on.ending() === 'open'
  }
  void sendAll()

  return {
    async outcome() {
      movedAtMs = performance.now()
      for (;;) {
        if (isDone) return 'all taken'
        if (on.ending() !== 'open') return `connection ${on.ending()}`
        if (performance.now() - movedAtMs > quietMs) return heldBack
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
