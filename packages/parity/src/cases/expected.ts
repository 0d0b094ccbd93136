import type { Expected } from './case.ts'
import { bytesOf } from './bytes.ts'

/**
 * The response as it was written: a status line, fields, and a body.
 *
 * - `Name: value` is all there is of it; twice for a field that comes in two lines.
 * - `!Name` must not be there.
 * - `(empty)` as the body is a body without bytes, `/…/` one that the expression finds.
 */
export function parseExpected(lines: readonly string[]): Expected {
  const [first = ''] = lines
  if (/^(?:connection (?:closed|reset)|no response)$/.test(first)) {
    return { status: first, reason: undefined, fields: new Map(), body: undefined }
  }
  const [, status, reason] = /^HTTP\/\d\.\d (\d{3})(?: (.*))?$/.exec(first) ?? []
  if (status === undefined) throw new Error(`"${first}" is no status line, such as HTTP/1.1 200 OK`)
  const empty = lines.indexOf('')
  const head = empty < 0 ? lines.slice(1) : lines.slice(1, empty)
  const fields = new Map<string, readonly string[]>()
  for (const line of head) {
    const absent = /^!([\w-]+)$/.exec(line)?.[1]
    const [, name, value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(line) ?? []
    if (absent !== undefined) fields.set(absent.toLowerCase(), [])
    else if (name !== undefined) {
      const before = fields.get(name.toLowerCase()) ?? []
      fields.set(name.toLowerCase(), [...before, bytesOf(value).toString('latin1')])
    } else throw new Error(`"${line}" is neither "Name: value" nor "!Name"`)
  }
  const body =
    empty < 0
      ? ''
      : lines
          .slice(empty + 1)
          .join('\n')
          .replace(/^\n+|\n+$/g, '')
  return { status, reason, fields, body: parseBody(body) }
}

function parseBody(text: string): Expected['body'] {
  if (text === '') return undefined
  if (text === '(empty)') return ''
  const pattern = /^\/(.+)\/$/s.exec(text)?.[1]
  return pattern === undefined ? bytesOf(text).toString('latin1') : new RegExp(pattern)
}
