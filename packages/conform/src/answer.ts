/** How a connection stood when the answer was looked at. */
export type Ending = 'open' | 'closed' | 'reset' | 'refused'

/** What came back for one request, read leniently. */
export interface Answer {
  /** 0 when no response came. */
  readonly status: number
  /** Names in lower case; repeated fields joined with a comma. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  /** Whether the body ended the way that its framing announces. */
  readonly complete: boolean
  /** The statuses of the interim responses before it. */
  readonly interim: readonly number[]
  readonly ending: Ending
}

/** Nothing came. */
export function noAnswer(ending: Ending): Answer {
  return {
    status: 0,
    headers: new Map(),
    body: Buffer.alloc(0),
    complete: false,
    interim: [],
    ending,
  }
}

/** The answer in a few words. */
export function say(answer: Answer): string {
  if (answer.status === 0) {
    if (answer.ending === 'open') return 'no response'
    return answer.ending === 'refused' ? 'connection refused' : `connection ${answer.ending}`
  }
  const cut = answer.complete ? '' : `, cut off after ${answer.body.length} bytes`
  return `${answer.status}${cut}`
}

/** Whether a whole response below 500 came. */
export function isGood(answer: Answer): boolean {
  return answer.complete && answer.status >= 200 && answer.status < 500
}

interface Parsed {
  readonly answer: Omit<Answer, 'ending'>
  /** Bytes of the buffer that belong to it. */
  readonly length: number
}

/**
 * The first final response in `bytes`; `undefined` while more is needed.
 *
 * @param ended whether nothing more can come
 */
export function parseResponse(bytes: Buffer, toHead: boolean, ended: boolean): Parsed | undefined {
  const interim: number[] = []
  for (let start = 0; ;) {
    const end = bytes.indexOf('\r\n\r\n', start)
    if (end < 0) return undefined
    const [statusLine = '', ...lines] = bytes.toString('latin1', start, end).split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) return undefined
    start = end + 4
    if (status < 200 && status !== 101) {
      interim.push(status)
      continue
    }
    const headers = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      const value = line.slice(colon + 1).trim()
      const before = headers.get(name)
      headers.set(name, before === undefined ? value : `${before}, ${value}`)
    }
    const empty = toHead || status === 101 || status === 204 || status === 304
    const body = empty
      ? { body: Buffer.alloc(0), end: start, complete: true }
      : parseBody(bytes, start, headers, ended)
    if (body === undefined) return undefined
    const answer = { status, headers, body: body.body, complete: body.complete, interim }
    return { answer, length: body.end }
  }
}

interface Body {
  readonly body: Buffer
  readonly end: number
  readonly complete: boolean
}

function parseBody(
  bytes: Buffer,
  start: number,
  headers: ReadonlyMap<string, string>,
  ended: boolean,
): Body | undefined {
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
    return parseChunks(bytes, start, ended)
  }
  const declared = headers.get('content-length')
  const end = declared === undefined ? bytes.length : start + Number(declared)
  const isWhole = declared === undefined ? ended : bytes.length >= end
  if (!isWhole && !ended) return undefined
  return { body: bytes.subarray(start, end), end: Math.min(end, bytes.length), complete: isWhole }
}

function parseChunks(bytes: Buffer, start: number, ended: boolean): Body | undefined {
  const chunks: Buffer[] = []
  const cutOff = () =>
    ended ? { body: Buffer.concat(chunks), end: bytes.length, complete: false } : undefined
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return cutOff()
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) return cutOff()
    const data = lineEnd + 2
    if (size === 0) {
      // Without trailers the last chunk is followed by an empty line.
      const isPlain = bytes.toString('latin1', data, data + 2) === '\r\n'
      const end = isPlain ? data + 2 : bytes.indexOf('\r\n\r\n', data) + 4
      if (end < data + 2 || end > bytes.length) return cutOff()
      return { body: Buffer.concat(chunks), end, complete: true }
    }
    if (bytes.length < data + size + 2) {
      if (ended) chunks.push(bytes.subarray(data))
      return cutOff()
    }
    chunks.push(bytes.subarray(data, data + size))
    at = data + size + 2
  }
}
