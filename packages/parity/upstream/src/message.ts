/** A request as it came, each byte one character. */
export interface Message {
  readonly method: string
  /** The request line. */
  readonly line: string
  readonly path: string
  /** Names and values as they were written, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly framing: 'none' | 'length' | 'chunked'
  readonly body: string
}

/** The request at the beginning of `text`; `undefined` while more is needed. */
export function parseMessage(text: string): Message | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [line = '', ...lines] = text.slice(0, end).split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const fields = lines.map((each): [string, string] => {
    const colon = each.indexOf(':')
    return [each.slice(0, colon), each.slice(colon + 1).trim()]
  })
  const valueOf = (name: string) => fields.find(([each]) => each.toLowerCase() === name)?.[1]
  const rest = text.slice(end + 4)
  const head = { method, line, path, fields }
  if (valueOf('transfer-encoding') !== undefined) {
    const body = joinChunks(rest)
    return body === undefined ? undefined : { ...head, framing: 'chunked', body }
  }
  const length = valueOf('content-length')
  if (length === undefined) return { ...head, framing: 'none', body: '' }
  if (rest.length < Number(length)) return undefined
  return { ...head, framing: 'length', body: rest.slice(0, Number(length)) }
}

/** What chunks hold; `undefined` while the last has not come. */
function joinChunks(text: string): string | undefined {
  let body = ''
  for (let at = 0; ;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    if (text.length < lineEnd + 4 + size) return undefined
    if (size === 0) return body
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 4 + size
  }
}
