import { randomBytes } from 'node:crypto'

/** RFC 6455 §5.2. */
const opcodes: Readonly<Record<string, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
}
const names = new Map(Object.entries(opcodes).map(([name, code]) => [code, name]))

/** Of the first byte, as a frame is written down. `part` is one that more follow. */
const bits: Readonly<Record<string, number>> = { part: 0x80, rsv1: 0x40, rsv2: 0x20, rsv3: 0x10 }

interface Frame {
  readonly first: number
  readonly isMasked: boolean
  readonly kind: string
  /** Its payload, as it was written. */
  readonly text: string
}

/**
 * Reads a frame as it was written, valid or not: a kind and its payload, such as `close 1000 bye`.
 * Before them may stand `part`, `unmasked`, and a reserved bit, such as `rsv1`. The kind may be
 * `opcode 3`, the payload `repeat 5 a` or `hex ff`.
 *
 * @throws Error where it is none
 */
function parseFrame(written: string): Frame {
  const [, before = '', kind = '', text = ''] =
    /^((?:(?:part|unmasked|rsv[123]) )*)(opcode \d+|\w+)(?: (.*))?$/s.exec(written) ?? []
  const flags = before.split(' ')
  const opcode = opcodes[kind] ?? Number(/^opcode (\d+)$/.exec(kind)?.[1])
  if (!(opcode <= 15)) {
    throw new Error(`"${written}" is no frame: it begins with one of ${Object.keys(opcodes)}`)
  }
  // All frames are last ones but a part.
  const first = flags.reduce((byte, flag) => byte ^ (bits[flag] ?? 0), 0x80 | opcode)
  return { first, isMasked: !flags.includes('unmasked'), kind, text }
}

/** @throws Error where it is no frame that can be sent */
export function checkFrame(written: string): void {
  const each = written.replace(/^times \d+ /, '')
  if (!each.startsWith('bytes ')) parseFrame(each)
}

/** A frame as a client sends it. `bytes 88 00` are these bytes, `times 20 text a` so many frames. */
export function encodeFrame(written: string): Buffer {
  const [, count, each = ''] = /^times (\d+) (.+)$/s.exec(written) ?? []
  if (count !== undefined) return Buffer.concat(Array(Number(count)).fill(encodeFrame(each)))
  if (written.startsWith('bytes ')) return payloadOf('binary', written.slice('bytes '.length))
  const { first, isMasked, kind, text } = parseFrame(written)
  const payload = payloadOf(kind, text)
  const { length } = payload
  const more = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + more)
  head[0] = first
  head[1] = (isMasked ? 0x80 : 0) | ({ 0: length, 2: 126, 8: 127 }[more] ?? 0)
  if (more === 2) head.writeUInt16BE(length, 2)
  if (more === 8) head.writeBigUInt64BE(BigInt(length), 2)
  if (!isMasked) return Buffer.concat([head, payload])
  const mask = randomBytes(4)
  for (let index = 0; index < length; index += 1) payload[index]! ^= mask[index & 3]!
  return Buffer.concat([head, mask, payload])
}

/** Encodes each frame once: all targets get the same bytes, and some of these are many. */
export function createEncoder(): (written: string) => Buffer {
  const encoded = new Map<string, Buffer>()
  return (written) => {
    const bytes = encoded.get(written) ?? encodeFrame(written)
    encoded.set(written, bytes)
    return bytes
  }
}

/** What was written, as {@link showFrame} shows it when it comes. */
export function normalFrame(written: string): string {
  if (written === 'end') return written
  const { first, kind, text } = parseFrame(written)
  return showFrame(first, payloadOf(kind, text))
}

/**
 * A frame that came, as it is shown.
 *
 * @param first its first byte
 */
export function showFrame(first: number, payload: Buffer): string {
  const flags = Object.keys(bits).filter((flag) => (first ^ 0x80) & bits[flag]!)
  const opcode = first & 15
  const kind = names.get(opcode) ?? `opcode ${opcode}`
  return [...flags, kind, showPayload(kind, payload)].join(' ').trimEnd()
}

function showPayload(kind: string, payload: Buffer): string {
  if (kind === 'binary') return payload.toString('hex')
  if (kind === 'close' && payload.length >= 2) {
    return `${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`
  }
  const text = payload.toString('utf8')
  return text.length > 200 ? `${text.length} characters` : text
}

function payloadOf(kind: string, text: string): Buffer {
  const [, count, what = ''] = /^repeat (\d+) (.+)$/.exec(text) ?? []
  if (count !== undefined) {
    const unit = kind === 'binary' ? hex(what) : Buffer.from(what)
    return Buffer.alloc(Number(count) * unit.length, unit)
  }
  if (text.startsWith('hex ')) return hex(text.slice('hex '.length))
  if (kind === 'binary') return hex(text)
  if (kind !== 'close' || text === '') return Buffer.from(text)
  const [code, ...reason] = text.split(' ')
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(Number(code))
  return Buffer.concat([bytes, Buffer.from(reason.join(' '))])
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex')
}
