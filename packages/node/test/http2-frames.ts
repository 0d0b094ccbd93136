import { constants } from 'node:http2'

/** RFC 9113 §4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

export interface Frame {
  readonly type: number
  readonly stream: number
  readonly payload: Buffer
}

/** The whole frames at the start of what came. */
export function readFrames(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = []
  let at = 0
  while (at + 9 <= bytes.length && at + 9 + bytes.readUIntBE(at, 3) <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    const [type, stream] = [bytes.readUInt8(at + 3), bytes.readUInt32BE(at + 5)]
    frames.push({ type, stream, payload: bytes.subarray(at + 9, end) })
    at = end
  }
  return frames
}

/** The connection preface (RFC 9113 §3.4), without its SETTINGS. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const settings: Buffer = frame(4, 0, 0, Buffer.alloc(0))

export const ping: Buffer = frame(6, 0, 0, Buffer.alloc(8))

/** HEADERS of `GET https://localhost/log`, without a field that needs compression (RFC 7541 §6). */
export function getLog(stream: number): Buffer {
  const fields = '\x82\x87\x04\x04/log\x01\x09localhost'
  return frame(1, 5, stream, Buffer.from(fields, 'latin1'))
}

/** RST_STREAM with CANCEL. */
export function reset(stream: number): Buffer {
  return frame(3, 0, stream, Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL]))
}
