import type { WebSocketLine, WebSocketStep } from '../cases/case.ts'
import { type Address, type Connection, open } from './connection.ts'
import { encodeFrame, normalFrame, showFrame } from './frame.ts'

/** Until a frame has come, from when nothing is under way any more that it may wait for. */
const frameMs = 10_000
/** Whatever is under way. */
const mostMs = 120_000

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
 * @param restart stops the server and starts it again; what the server says meanwhile is read
 * @param encode makes a frame of what was written
 * @returns the first thing that went otherwise
 */
export async function converse(
  address: Address,
  { head: request }: Pick<WebSocketStep, 'head'>,
  script: readonly WebSocketLine[],
  restart: () => Promise<void>,
  encode: (frame: string) => Buffer,
): Promise<Miss | undefined> {
  const on = await open(address)
  // A message that is being taken, a server that is being started: on a busy machine that takes long.
  let underWay = 0
  const isBusy = () => underWay > 0
  const begin = () => {
    underWay += 1
    return () => void (underWay -= 1)
  }
  try {
    on.send(request)
    const head = await readUntil(on, isBusy, (bytes) => {
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
      } else if (frame === 'restart') {
        const ended = begin()
        // Whoever gave it sees to what fails of it.
        void Promise.allSettled([restart()]).then(() => ended())
      } else if (direction === 'send') on.send(encode(frame), begin())
      else {
        const wanted = normalFrame(frame)
        let got = await readFrame(on, isBusy)
        // Some runtimes ask whether a client that says nothing is still there.
        while (got.startsWith('ping') && !wanted.startsWith('ping')) {
          on.send(encodeFrame(got.replace('ping', 'pong')))
          got = await readFrame(on, isBusy)
        }
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

async function readFrame(on: Connection, isBusy: () => boolean): Promise<string> {
  const head = await readUntil(on, isBusy, (bytes) => {
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
      : await readUntil(on, isBusy, (bytes) => (bytes.length < length ? undefined : length))
  return payload ? showFrame(head[0]!, payload) : 'half a frame'
}

/** @param isBusy whether something is under way that it may have to wait for */
async function readUntil(
  on: Connection,
  isBusy: () => boolean,
  lengthIn: (bytes: Buffer) => number | undefined,
): Promise<Buffer | undefined> {
  const last = performance.now() + mostMs
  let deadline = performance.now() + frameMs
  for (;;) {
    const isLate = performance.now() > deadline
    // Also when it is late: where this process was held up, what has come is not read yet.
    if (isLate) await on.news(1)
    const length = lengthIn(on.pending())
    if (length !== undefined) return on.take(length)
    if (on.ending() !== 'open' || isLate) return undefined
    if (isBusy()) deadline = Math.min(performance.now() + frameMs, last)
    await on.news(deadline - performance.now())
  }
}
