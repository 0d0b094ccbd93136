/** What stands in double braces means nothing. */
export class BytesError extends Error {
  /** Where the braces are in the text. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Written text as bytes: UTF-8, and what stands in double braces filled in.
 *
 * @throws BytesError
 */
export function bytesOf(text: string): Buffer {
  const parts: Buffer[] = []
  let end = 0
  for (const { 0: all, 1: directive = '', index } of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    const bytes = expand(directive.trim())
    if (typeof bytes === 'string') throw new BytesError(`${all} is ${bytes}`, index)
    parts.push(Buffer.from(text.slice(end, index)), bytes)
    end = index + all.length
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(end))])
}

/**
 * - `{{repeat 5 ab}}`: five times ab
 * - `{{hex 00 ff}}`: these bytes
 * - `{{text "a\r\nb"}}`: a JSON string, each character one byte
 * - `{{fields 2}}`: the lines `X-1: a` and `X-2: a`
 *
 * @returns what is wrong, where it is none of these
 */
function expand(directive: string): Buffer | string {
  const [, name = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(directive) ?? []
  if (name === 'hex') {
    const digits = rest.replace(/\s+/g, '')
    return /^(?:[\da-f]{2})*$/i.test(digits)
      ? Buffer.from(digits, 'hex')
      : 'no bytes in hex, such as {{hex 00 ff}}'
  }
  if (name === 'fields' && /^\d+$/.test(rest)) {
    const lines = Array.from({ length: Number(rest) }, (_, index) => `X-${index + 1}: a\r\n`)
    return Buffer.from(lines.join(''))
  }
  if (name === 'text') {
    const text = parseString(rest)
    return text === undefined
      ? 'no string in JSON, such as {{text "a\\r\\nb"}}'
      : Buffer.from(text, 'latin1')
  }
  const [, count, text] = /^(\d+) (.+)$/s.exec(rest) ?? []
  if (name === 'repeat' && text !== undefined) return Buffer.from(text.repeat(Number(count)))
  return 'none of {{repeat 5 ab}}, {{hex 00 ff}}, {{text "a\\r\\nb"}}, {{fields 3}}'
}

function parseString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
