import type { WebSocketLine, WebSocketStep } from '../cases/case.ts'
import { type Address, type Connection, open } from './connection.ts'
import { encodeFrame, normalFrame, showFrame } from './frame.ts'

/** Until a frame has come. */
const frameMs = 10_000

/** What was expected of a conversation and did not come. */
export interface Miss {
  readonly expected: string
  readonly got: string
  /** The line of the script. */
  readonly line: number
}

/**
 * Has a conversation over a WebSocket (RFC 6455), line by line.
 *
 * @param script what is said, and what must come
 * @param restart stops the server and starts it again; it is not awaited
 * @returns the first thing that went otherwise
 */
export async function converse(
  address: Address,
  { head: request }: Pick<WebSocketStep, 'head'>,
  script: readonly WebSocketLine[],
  restart: () => void,
): Promise<Miss | undefined> {
  const on = await open(address)
  try {
    on.send(request)
    const head = await readUntil(on, (bytes) => {
      const end = bytes.indexOf('\r\n\r\n')
      return end < 0 ? undefined : end + 4
    })
    const text = head?.toString('latin1') ?? ''
    const status = text.split('\r\n', 1)[0] || `connection ${on.ending()}`
    for (const { direction, frame, line } of script) {
      const [first = '', rest = ''] = splitOnce(frame)
      if (first === 'status') {
        const got = status.split(' ')[1] ?? status
        if (got !== rest) return { expected: frame, got: `status ${got}`, line }
      } else if (first === 'header') {
        const got = text.match(/^.*?: .*$/gm) ?? []
        const field = got.find((each) => each.toLowerCase().trim() === rest.toLowerCase())
        if (!field) return { expected: frame, got: got.join(' | '), line }
      } else if (first === 'no-header') {
        const got = text
          .match(/^.*?: .*$/gm)
          ?.find((each) => each.toLowerCase().startsWith(`${rest}:`))
        if (got !== undefined) return { expected: frame, got, line }
      } else if (status.split(' ')[1] !== '101') {
        // What comes is no frame.
        return { expected: frame, got: `status ${status.split(' ')[1] ?? status}`, line }
      } else if (frame === 'restart') restart()
      else if (direction === 'send') on.send(encodeFrame(frame))
      else {
        const got = await readFrame(on)
        const wanted = normalFrame(frame)
        if (!matches(got, wanted)) return { expected: wanted, got, line }
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

/** `close 1007 *` is one with any reason. */
function matches(got: string, wanted: string): boolean {
  if (!wanted.endsWith(' *')) return got === wanted
  return `${got} `.startsWith(wanted.slice(0, -1))
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
  return payload ? showFrame(head[0]!, payload) : 'half a frame'
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
