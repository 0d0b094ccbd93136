import { Transform, type TransformCallback } from 'node:stream'

/** A Close frame (RFC 6455 §5.5.1) with 1012, Service Restart in IANA's registry. */
const closeFrame = Buffer.from([0x88, 2, 0x03, 0xf4])

/** The longest head of a frame (RFC 6455 §5.2). */
const headBytes = 14

/**
 * Passes on what a server answers to a WebSocket handshake, byte for byte, and follows where its
 * frames begin: there, and nowhere else, a frame can be put between.
 */
export class ServerFrames extends Transform {
  /** The beginning of a head that is not whole yet. */
  private begun = Buffer.alloc(0)
  /** Bytes that are left of what is passed on now. */
  private left = 0
  private isOpen = false
  private isClosing = false
  private isClosed = false

  /** Tells the client to come back, between two frames, and ends. */
  close(): void {
    this.isClosing = true
    if (this.isOpen && this.left === 0 && this.begun.length === 0) this.finish()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.isClosed) {
      const between = this.follow(chunk)
      const isLast = this.isClosing && between !== undefined
      this.push(isLast ? chunk.subarray(0, between) : chunk)
      if (isLast) this.finish()
    }
    done()
  }

  private finish(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.push(closeFrame)
    this.push(null)
  }

  /** @returns where in the chunk the first frame may begin that is not in it yet */
  private follow(chunk: Buffer): number | undefined {
    let first: number | undefined
    for (let at = 0; at < chunk.length;) {
      if (this.left === 0) {
        const more = this.isOpen ? chunk.subarray(at, at + headBytes) : chunk
        const before = this.begun.length
        this.begun = Buffer.concat([this.begun, more])
        const head = this.isOpen ? frameHead(this.begun) : handshakeHead(this.begun)
        if (head === undefined) return first
        this.isOpen = true
        this.left = head.payloadBytes
        this.begun = Buffer.alloc(0)
        at += head.bytes - before
      } else {
        const step = Math.min(this.left, chunk.length - at)
        this.left -= step
        at += step
      }
      if (this.left === 0) first ??= at
    }
    return first
  }
}

interface Head {
  readonly bytes: number
  readonly payloadBytes: number
}

/** A handshake that was refused is followed by no frames. */
function handshakeHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const isUpgraded = bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101 ')
  return { bytes: end + 4, payloadBytes: isUpgraded ? 0 : Infinity }
}

/** RFC 6455 §5.2: the length is in 7 bits, or in the 2 or 8 bytes behind them; then a mask. */
function frameHead(bytes: Buffer): Head | undefined {
  if (bytes.length < 2) return undefined
  const length = bytes[1]! & 0x7f
  const lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0
  const mask = bytes[1]! & 0x80 ? 4 : 0
  const head = 2 + lengthBytes + mask
  if (bytes.length < head) return undefined
  if (lengthBytes === 0) return { bytes: head, payloadBytes: length }
  const long = lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { bytes: head, payloadBytes: long }
}
