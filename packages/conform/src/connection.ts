import { connect, type Socket } from 'node:net'
import { type Answer, type Ending, noAnswer, parseResponse } from './answer.ts'

/** How long an answer may take where a clause says nothing else. */
const answerMs = 10_000

/** A raw connection to the command. What is sent is sent as it is. */
export class Connection {
  private received: Buffer = Buffer.alloc(0)
  private ending: Ending = 'open'
  private waiting: (() => void)[] = []
  private readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.wake()
    })
    socket.on('end', () => this.finish('closed'))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.finish(error.code === 'ECONNREFUSED' ? 'refused' : 'reset')
    })
    socket.on('close', () => this.finish('closed'))
  }

  /** Connects; `undefined` when nobody accepts. */
  static async open(port: number, host = '127.0.0.1'): Promise<Connection | undefined> {
    // An end that the other side sees first must not end ours: what it still sends counts.
    const socket = connect({ port, host, allowHalfOpen: true })
    const connection = new Connection(socket)
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('close', () => resolve(false))
      socket.setTimeout(answerMs, () => resolve(false))
    })
    socket.setTimeout(0)
    if (isOpen) return connection
    socket.destroy()
    return undefined
  }

  /** How the connection stands. */
  get state(): Ending {
    return this.ending
  }

  /** Everything that came and that no response has taken yet. */
  get pending(): Buffer {
    return this.received
  }

  /** Bytes that the kernel has not taken from us yet. */
  get unsent(): number {
    return this.socket.writableLength
  }

  send(bytes: string | Buffer): void {
    if (this.ending === 'open' || this.ending === 'closed') this.socket.write(asBytes(bytes))
  }

  /** The next final response. What takes longer than `ms` counts as no answer, or as cut off. */
  async response(ms: number = answerMs, toHead = false): Promise<Answer> {
    const deadline = performance.now() + ms
    for (;;) {
      const isOver = performance.now() >= deadline
      const parsed = parseResponse(this.received, toHead, this.ending !== 'open' || isOver)
      if (parsed !== undefined) {
        this.received = this.received.subarray(parsed.length)
        // A body without a length is only whole when the connection ended as it should.
        const hasLength = ['content-length', 'transfer-encoding'].some((name) =>
          parsed.answer.headers.has(name),
        )
        const isWhole =
          parsed.answer.complete &&
          (hasLength || toHead || !isBodyExpected(parsed.answer.status) || this.ending === 'closed')
        return { ...parsed.answer, complete: isWhole, ending: this.ending }
      }
      if (isOver || this.ending !== 'open') return noAnswer(this.ending)
      await this.news(deadline - performance.now())
    }
  }

  /** Waits until the other side has closed or reset; whether it did within `ms`. */
  async closes(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms
    while (this.ending === 'open' && performance.now() < deadline) {
      await this.news(deadline - performance.now())
    }
    return this.ending !== 'open'
  }

  /** Waits until at least `bytes` have come in; whether they did within `ms`. */
  async receives(bytes: number, ms: number): Promise<boolean> {
    const deadline = performance.now() + ms
    while (this.received.length < bytes && this.ending === 'open') {
      const left = deadline - performance.now()
      if (left <= 0) break
      await this.news(left)
    }
    return this.received.length >= bytes
  }

  /** Reads no more, so that the other side's buffers fill. */
  stopReading(): void {
    this.socket.pause()
  }

  /** Reads again. */
  readOn(): void {
    this.socket.resume()
  }

  /** Says that nothing more will be sent. */
  end(): void {
    this.socket.end()
  }

  /** Ends with a reset instead of an end. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  close(): void {
    this.socket.destroy()
  }

  private finish(ending: Ending): void {
    if (this.ending === 'open') this.ending = ending
    this.wake()
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  private news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, 1))
      this.waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

function isBodyExpected(status: number): boolean {
  return status !== 204 && status !== 304 && status !== 101
}

/** Text stands for its bytes, one each. */
function asBytes(bytes: string | Buffer): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
}

/** The bytes of a request. */
export function request(
  path: string,
  { method = 'GET', headers = {}, body = '' }: RequestParts = {},
): string {
  const all: Record<string, string> = { Host: 'localhost', ...headers }
  if (body !== '' && all['Content-Length'] === undefined) {
    all['Content-Length'] = String(Buffer.byteLength(body, 'latin1'))
  }
  const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n${body}`
}

export interface RequestParts {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request on a connection of its own. */
export async function ask(
  port: number,
  path: string,
  parts: RequestParts & { readonly host?: string; readonly ms?: number } = {},
): Promise<Answer> {
  const connection = await Connection.open(port, parts.host)
  if (connection === undefined) return noAnswer('refused')
  try {
    connection.send(request(path, { ...parts, headers: { Connection: 'close', ...parts.headers } }))
    return await connection.response(parts.ms, parts.method === 'HEAD')
  } finally {
    connection.close()
  }
}
