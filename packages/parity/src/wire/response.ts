/** One header line, as it came. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** How a body is delimited (RFC 9112 §6). */
export type Framing = 'none' | 'length' | 'chunked' | 'until close'

/** A response as it was on the wire. Text stands for its bytes, one each. */
export interface WireResponse {
  readonly version: string
  readonly status: number
  readonly reason: string
  readonly fields: readonly Field[]
  readonly framing: Framing
  readonly body: Buffer
  readonly trailers: readonly Field[]
  /** Whether the body ended the way that its framing announces. */
  readonly complete: boolean
  /** The statuses of the interim responses before it. */
  readonly interim: readonly number[]
}

export interface Parsed {
  readonly response: WireResponse
  /** Bytes that belong to it. */
  readonly length: number
}

/** What came is no HTTP. */
export class NotHttpError extends Error {}

/**
 * The first final response in `bytes`; `undefined` while more is needed.
 *
 * @param method of the request: the answers to HEAD and to a CONNECT have no body
 * @param ended whether nothing more can come
 * @throws NotHttpError
 */
export function parseResponse(bytes: Buffer, method: string, ended: boolean): Parsed | undefined {
  const interim: number[] = []
  for (let start = 0; ;) {
    const end = bytes.indexOf('\r\n\r\n', start)
    if (end < 0) {
      if (bytes.length > start && !couldBeStatusLine(bytes.subarray(start))) {
        throw new NotHttpError(bytes.toString('latin1', start, start + 80))
      }
      return undefined
    }
    const [line = '', ...lines] = bytes.toString('latin1', start, end).split('\r\n')
    const [, version, code, reason = ''] = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/.exec(line) ?? []
    if (version === undefined) throw new NotHttpError(line)
    const status = Number(code)
    start = end + 4
    if (status < 200 && status !== 101) {
      interim.push(status)
      continue
    }
    const fields = lines.map(parseField)
    const framing = framingOf(method, status, fields)
    const body = parseBody(bytes, start, framing, fields, ended)
    if (!body) return undefined
    const { content, trailers, complete } = body
    const response = { version, status, reason, fields, framing, body: content, trailers, complete }
    return { response: { ...response, interim }, length: body.end }
  }
}

function couldBeStatusLine(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 5)
  return 'HTTP/'.startsWith(head) || head === 'HTTP/'
}

function parseField(line: string): Field {
  const colon = line.indexOf(':')
  if (colon < 0) return { name: line, value: '' }
  return {
    name: line.slice(0, colon),
    value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''),
  }
}

/** The values of a field, in order. */
export function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value)
}

/** RFC 9112 §6.3. */
export function framingOf(method: string, status: number, fields: readonly Field[]): Framing {
  if (method === 'HEAD' || status === 204 || status === 304 || status === 101) return 'none'
  if (valuesOf(fields, 'transfer-encoding').length > 0) return 'chunked'
  if (valuesOf(fields, 'content-length').length > 0) return 'length'
  // A server should say so (RFC 9110 §15.3.6). Nothing follows, and to wait for it would be long.
  return status === 205 ? 'none' : 'until close'
}

interface Body {
  readonly content: Buffer
  readonly trailers: readonly Field[]
  readonly complete: boolean
  readonly end: number
}

function parseBody(
  bytes: Buffer,
  start: number,
  framing: Framing,
  fields: readonly Field[],
  ended: boolean,
): Body | undefined {
  if (framing === 'none') {
    return { content: Buffer.alloc(0), trailers: [], complete: true, end: start }
  }
  if (framing === 'chunked') return parseChunks(bytes, start, ended)
  const announced = valuesOf(fields, 'content-length')[0]
  const length = announced === undefined ? bytes.length - start : Number(announced)
  const complete = announced === undefined ? ended : bytes.length >= start + length
  if (!complete && !ended) return undefined
  const content = bytes.subarray(start, start + length)
  return { content, trailers: [], complete, end: start + content.length }
}

function parseChunks(bytes: Buffer, start: number, ended: boolean): Body | undefined {
  const chunks: Buffer[] = []
  const cutOff = (end: number) =>
    ended ? { content: Buffer.concat(chunks), trailers: [], complete: false, end } : undefined
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return cutOff(bytes.length)
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new NotHttpError('a chunk without a size')
    const data = lineEnd + 2
    if (size === 0) {
      const isPlain = bytes.toString('latin1', data, data + 2) === '\r\n'
      const tail = isPlain ? data : bytes.indexOf('\r\n\r\n', data)
      if (tail < 0 || bytes.length < data + 2) return cutOff(bytes.length)
      const lines = isPlain ? [] : bytes.toString('latin1', data, tail).split('\r\n')
      const end = isPlain ? data + 2 : tail + 4
      return {
        content: Buffer.concat(chunks),
        trailers: lines.map(parseField),
        complete: true,
        end,
      }
    }
    if (bytes.length < data + size + 2) {
      if (ended) chunks.push(bytes.subarray(data, data + size))
      return cutOff(bytes.length)
    }
    chunks.push(bytes.subarray(data, data + size))
    at = data + size + 2
  }
}
