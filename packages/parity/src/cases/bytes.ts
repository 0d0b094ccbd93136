/** Written text as bytes: UTF-8, and what stands in double braces filled in. */
export function bytesOf(text: string): Buffer {
  const parts = text.split(/\{\{(.*?)\}\}/s)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : expand(part.trim()))),
  )
}

/**
 * - `{{repeat 5 ab}}`: five times ab
 * - `{{hex 00 ff}}`: these bytes
 * - `{{text "a\r\nb"}}`: a JSON string, each character one byte
 * - `{{fields 2}}`: the lines `X-1: a` and `X-2: a`
 */
function expand(directive: string): Buffer {
  const [, name = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(directive) ?? []
  if (name === 'hex') return Buffer.from(rest.replace(/\s+/g, ''), 'hex')
  if (name === 'fields') {
    const lines = Array.from({ length: Number(rest) }, (_, index) => `X-${index + 1}: a\r\n`)
    return Buffer.from(lines.join(''))
  }
  if (name === 'text') return Buffer.from(JSON.parse(rest) as string, 'latin1')
  const [, count, text] = /^(\d+) (.+)$/s.exec(rest) ?? []
  if (name === 'repeat' && text !== undefined) return Buffer.from(text.repeat(Number(count)))
  throw new Error(`{{${directive}}} is none of {{repeat 5 ab}}, {{hex 00 ff}}, {{text "a\\r\\nb"}}`)
}
