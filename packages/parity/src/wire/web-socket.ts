import { randomBytes } from 'node:crypto'
import type { WebSocketStep } from '../cases/case.ts'
import { type Address, type Connection, open } from './connection.ts'

/** Until a frame has come. */
const frameMs = 10_000

const opcodes: Readonly<Record<string, number>> = {
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
}
const names = new Map(Object.entries(opcodes).map(([name, code]) => [code, name]))

/** What was expected of a conversation and did not come. */
export interface Miss {
  readonly expected: string
  readonly got: string
}

/**
 * Has a conversation over a WebSocket (RFC 6455), line by line.
 *
 * @returns the first thing that went otherwise
 */
export async function converse(address: Address, step: WebSocketStep): Promise<Miss | undefined> {
  const on = await open(address)
  try {
    on.send(step.head)
    const head = await readUntil(on, (bytes) => {
      const end = bytes.indexOf('\r\n\r\n')
      return end < 0 ? undefined : end + 4
    })
    const text = head?.toString('latin1') ?? ''
    const status = text.split('\r\n', 1)[0] || `connection ${on.ending()}`
    for (const { direction, frame } of step.script) {
      const [first = '', rest = ''] = splitOnce(frame)
      if (first === 'status') {
        const got = status.split(' ')[1] ?? status
        if (got !== rest) return { expected: frame, got: `status ${got}` }
      } else if (first === 'header') {
        const got = text.match(/^.*?: .*$/gm) ?? []
        const line = got.find((each) => each.toLowerCase().trim() === rest.toLowerCase())
        if (!line) return { expected: frame, got: got.join(' | ') }
      } else if (first === 'no-header') {
        const got = text
          .match(/^.*?: .*$/gm)
          ?.find((each) => each.toLowerCase().startsWith(`${rest}:`))
        if (got !== undefined) return { expected: frame, got }
      } else if (direction === 'send') on.send(encode(first, rest))
      else {
        const got = await readFrame(on)
        const wanted = normal(first, rest)
        if (!matches(got, wanted)) return { expected: wanted, got }
      }
    }
    return undefined
  } finally {
    on.close()
  }
}

function splitOnce(text: string): readonly [string, string] {
  const space = text.indexOf(' ')
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)]
}

/** `text hello`, `text {{repeat}}`-free: `repeat 5 a` is five of a. */
function payloadOf(kind: string, text: string): Buffer {
  const [, count, what = ''] = /^repeat (\d+) (.+)$/.exec(text) ?? []
  if (count !== undefined) return Buffer.from(what.repeat(Number(count)))
  if (kind === 'binary') return Buffer.from(text.replaceAll(' ', ''), 'hex')
  if (kind === 'invalid') return Buffer.from(text.replaceAll(' ', ''), 'hex')
  if (kind !== 'close' || text === '') return Buffer.from(text)
  const [code, reason] = splitOnce(text)
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(Number(code))
  return Buffer.concat([bytes, Buffer.from(reason)])
}

/** A masked frame. `invalid ff` is a text frame of these bytes. */
function encode(kind: string, text: string): Buffer {
  const payload = payloadOf(kind, text)
  const mask = randomBytes(4)
  const { length } = payload
  const head =
    length < 126
      ? Buffer.from([0, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0, 0x80 | 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0, 0x80 | 127, 0, 0, 0, 0]), uint32(length)])
  head[0] = 0x80 | (kind === 'invalid' ? 1 : (opcodes[kind] ?? 1))
  const masked = payload.map((byte, index) => byte ^ mask[index % 4]!)
  return Buffer.concat([head, mask, masked])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function normal(kind: string, text: string): string {
  if (kind === 'end') return 'end'
  const payload = payloadOf(kind, text)
  return show(opcodes[kind] ?? 1, payload)
}

/** `close 1007 *` is one with any reason. */
function matches(got: string, wanted: string): boolean {
  if (!wanted.endsWith(' *')) return got === wanted
  return `${got} `.startsWith(wanted.slice(0, -1))
}

function show(opcode: number, payload: Buffer): string {
  const kind = names.get(opcode) ?? `opcode ${opcode}`
  if (opcode === 2) return `binary ${payload.toString('hex')}`
  if (opcode === 8) {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : ''
    return `close ${code} ${payload.toString('utf8', 2)}`.trimEnd()
  }
  const text = payload.toString('utf8')
  return `${kind} ${text.length > 200 ? `${text.length} characters` : text}`.trimEnd()
}

async function readFrame(on: Connection): Promise<string> {
  const head = await readUntil(on, (bytes) => {
    if (bytes.length < 2) return undefined
    const short = bytes[1]! & 0x7f
    const size = short === 126 ? 4 : short === 127 ? 10 : 2
    return bytes.length < size ? undefined : size
  })
  if (!head) return on.ending() === 'open' ? 'nothing' : 'end'
  const short = head[1]! & 0x7f
  const length =
    short === 126 ? head.readUInt16BE(2) : short === 127 ? Number(head.readBigUInt64BE(2)) : short
  const payload =
    length === 0
      ? Buffer.alloc(0)
      : await readUntil(on, (bytes) => (bytes.length < length ? undefined : length))
  return payload ? show(head[0]! & 0x0f, payload) : 'half a frame'
}

async function readUntil(
  on: Connection,
  lengthIn: (bytes: Buffer) => number | undefined,
): Promise<Buffer | undefined> {
  const deadline = performance.now() + frameMs
  for (;;) {
    const length = lengthIn(on.pending())
    if (length !== undefined) return on.take(length)
    if (on.ending() !== 'open' || performance.now() > deadline) return undefined
    await on.news(deadline - performance.now())
  }
}
