import type { Expected } from './case.ts'
import { bytesOf } from './bytes.ts'

/** How a connection stands on which no response came. */
export const noResponse: RegExp = /^(?:connection (?:closed|reset)|no response|nothing more came)$/

/**
 * The response as it was written: a status line, fields, and a body.
 *
 * - `Name: value` is all there is of it; twice for a field that comes in two lines.
 * - `(empty)` after the status: there are no words.
 * - `!Name` must not be there.
 * - `@names A B` are the names of all fields, in their case and order; `@connection open` or `closed`
 *   is how the connection stands afterwards.
 * - `(empty)` as the body is a body without bytes, `/…/` one that the expression finds.
 */
export function parseExpected(lines: readonly string[]): Expected {
  const [first = ''] = lines
  if (noResponse.test(first)) return onlyStatus(first)
  const [, status, words] = /^HTTP\/\d\.\d (\d{3})(?: (.*))?$/.exec(first) ?? []
  if (status === undefined) throw new Error(`"${first}" is no status line, such as HTTP/1.1 200 OK`)
  const reason = words === '(empty)' ? '' : words
  const empty = lines.indexOf('')
  const head = empty < 0 ? lines.slice(1) : lines.slice(1, empty)
  const fields = new Map<string, readonly string[]>()
  const facts = new Map<string, string>()
  for (const line of head) {
    const absent = /^!([\w-]+)$/.exec(line)?.[1]
    const [, name, value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(line) ?? []
    const [, fact, is = ''] = /^@(names|connection) (.+)$/.exec(line) ?? []
    if (fact !== undefined) facts.set(fact, is)
    else if (absent !== undefined) fields.set(absent.toLowerCase(), [])
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
  return { status, reason, fields, facts, body: parseBody(body) }
}

/** How a connection stood, where there is no response. */
export function onlyStatus(status: string): Expected {
  return { status, reason: undefined, fields: new Map(), facts: new Map(), body: undefined }
}

function parseBody(text: string): Expected['body'] {
  if (text === '') return undefined
  if (text === '(empty)') return ''
  const pattern = /^\/(.+)\/$/s.exec(text)?.[1]
  return pattern === undefined ? bytesOf(text).toString('latin1') : new RegExp(pattern)
}
