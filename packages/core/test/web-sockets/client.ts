import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'

/** The opcodes of RFC 6455 §5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameOptions {
  readonly fin?: boolean
  readonly masked?: boolean
  /** The three reserved bits, as they stand in the first byte. */
  readonly rsv?: number
}

/** A frame as a client sends it, valid or not. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { fin = true, masked = true, rsv = 0 }: FrameOptions = {},
): Buffer {
  const data = Buffer.from(payload as Uint8Array)
  const length = data.length < 126 ? data.length : data.length < 65_536 ? 126 : 127
  const head = Buffer.alloc(2 + (length === 126 ? 2 : length === 127 ? 8 : 0))
  head[0] = (fin ? 0x80 : 0) | rsv | opcode
  head[1] = (masked ? 0x80 : 0) | length
  if (length === 126) head.writeUInt16BE(data.length, 2)
  if (length === 127) head.writeBigUInt64BE(BigInt(data.length), 2)
  if (!masked) return Buffer.concat([head, data])
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78])
  return Buffer.concat([head, mask, data.map((byte, at) => byte ^ mask[at % 4]!)])
}

/** A close frame's payload. */
export function closing(code: number, reason: string | Uint8Array = ''): Buffer {
  const head = Buffer.alloc(2)
  head.writeUInt16BE(code)
  return Buffer.concat([head, Buffer.from(reason as Uint8Array)])
}

/** A connection that speaks whatever a test wants it to. */
export interface RawClient {
  readonly socket: Socket
  /** The status line and the headers, once they are there. */
  readonly head: () => string
  /** What follows an answer that is no 101. */
  readonly body: () => string
  /** What the frames so far say: `text hello`, `binary 3`, `close 1000 bye`, `pong x`. */
  readonly frames: () => readonly string[]
  readonly send: (...frames: readonly Uint8Array[]) => void
  readonly isClosed: () => boolean
}

/** A valid handshake's headers; `undefined` leaves one out. */
export function handshake(
  headers: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string | undefined>> {
  return {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  }
}

/** Sends a request's head, and then what the test sends. */
export function openRaw(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = handshake(),
  method = 'GET',
): RawClient {
  const socket = connect(port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let closed = false
  socket.on('data', (data: Buffer) => void (received = Buffer.concat([received, data])))
  socket.on('error', () => {})
  socket.on('close', () => void (closed = true))
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}: ${value}\r\n`,
  )
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const split = () => received.indexOf('\r\n\r\n')
  return {
    socket,
    head: () => (split() < 0 ? '' : received.subarray(0, split()).toString()),
    body: () => received.subarray(split() + 4).toString(),
    frames: () => (split() < 0 ? [] : readFrames(received.subarray(split() + 4))),
    send: (...frames) => void socket.write(Buffer.concat(frames)),
    isClosed: () => closed,
  }
}

/** The same, once the server has answered. */
export async function openedRaw(...args: Parameters<typeof openRaw>): Promise<RawClient> {
  const client = openRaw(...args)
  while (client.head() === '') {
    if (client.isClosed()) throw new Error('closed before it was answered')
    await sleep(5)
  }
  return client
}

/** What a client gets that broke the protocol. */
export async function expectBreach(
  client: RawClient,
  { breach }: { readonly breach: 'code' | 'reason' | 'end' },
  code: number,
): Promise<void> {
  if (breach === 'end') await expect.poll(client.isClosed).toBe(true)
  const answer = { code: `^close ${code} `, reason: `^close ${code} Received`, end: '^$' }[breach]
  await expect.poll(() => client.frames()[0] ?? '').toMatch(new RegExp(answer))
}

function readFrames(data: Buffer): string[] {
  const frames: string[] = []
  for (let at = 0; at + 2 <= data.length;) {
    const opcode = data[at]! & 15
    let length = data[at + 1]! & 127
    let start = at + 2
    if (length === 126) {
      length = data.readUInt16BE(start)
      start += 2
    } else if (length === 127) {
      length = Number(data.readBigUInt64BE(start))
      start += 8
    }
    if (start + length > data.length) break
    frames.push(describe(opcode, data.subarray(start, start + length)))
    at = start + length
  }
  return frames
}

function describe(opcode: number, payload: Buffer): string {
  const name = Object.entries(opcodes).find(([, value]) => value === opcode)?.[0] ?? `${opcode}`
  if (opcode === opcodes.binary) return `binary ${payload.length}`
  if (opcode !== opcodes.close) return `${name} ${payload}`
  return payload.length < 2 ? 'close' : `close ${payload.readUInt16BE()} ${payload.subarray(2)}`
}
