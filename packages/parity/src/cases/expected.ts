import { absent } from '../observation.ts'
import type { Expected } from './case.ts'
import { bytesOf } from './bytes.ts'
import { bytesOfLines, inLine, type Line, LineError, splitMessage } from './lines.ts'

/** How a connection stands on which no response came. */
export const noResponse: RegExp =
  /^(?:connection (?:closed|reset)|no response|no HTTP|nothing more came)$/

/** What becomes of an upload whose answer is read later. */
export const ofUpload: RegExp = /^(?:held back|all taken)$/

/**
 * The response as it was written: a status line, fields, and a body.
 *
 * - `Name: value` is all there is of it; twice for a field that comes in two lines.
 * - `(empty)` after the status: there are no words.
 * - `!Name` must not be there.
 * - `@names A B` are the names of all fields, in their case and order; `@connection open` or `closed`
 *   is how the connection stands afterwards, `@interim 100` what came before it, or `(none)`.
 * - `(empty)` as the body is a body without bytes, `/…/` one that the expression finds.
 *
 * @param written its lines, the first of which says what comes
 * @throws LineError
 */
export function parseExpected(written: readonly Line[]): Expected {
  const { head, body: bodyLines } = splitMessage(written)
  const [first, ...rest] = head as readonly [Line, ...Line[]]
  if (noResponse.test(first.text) || ofUpload.test(first.text)) {
    return onlyStatus(first.text, first.number)
  }
  const [, status, words] = /^HTTP\/\d\.\d (\d{3})(?: (.*))?$/.exec(first.text) ?? []
  if (status === undefined) {
    throw new LineError(first.number, `"${first.text}" is no status line, such as HTTP/1.1 200 OK`)
  }
  const reason = words === '(empty)' ? '' : words
  const fields = new Map<string, readonly string[]>()
  const facts = new Map<string, string>()
  const lines = new Map([
    ['status', first.number],
    ['reason', first.number],
  ])
  for (const line of rest) {
    const { text, number } = line
    const missing = /^!([\w-]+)$/.exec(text)?.[1]
    const [, name, value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(text) ?? []
    const [, fact, is = ''] = /^@(names|connection|interim) (.+)$/.exec(text) ?? []
    const field = (missing ?? name)?.toLowerCase()
    lines.set(fact ?? `header ${field}`, number)
    if (fact !== undefined) facts.set(fact, is === '(none)' ? absent : is)
    else if (field === undefined) {
      throw new LineError(number, `"${text}" is neither "Name: value" nor "!Name"`)
    } else if (missing !== undefined) fields.set(field, [])
    else {
      const bytes = inLine(line, () => bytesOf(value), text.length - value.length + 1)
      fields.set(field, [...(fields.get(field) ?? []), bytes.toString('latin1')])
    }
  }
  const begin = bodyLines.findIndex(({ text }) => text !== '')
  if (begin < 0) return { status, reason, fields, facts, body: undefined, lines }
  lines.set('body', bodyLines[begin]!.number)
  return { status, reason, fields, facts, body: parseBody(bodyLines.slice(begin)), lines }
}

/** How a connection stood, where there is no response. */
export function onlyStatus(status: string, line: number): Expected {
  const lines = new Map([['status', line]])
  return { status, reason: undefined, fields: new Map(), facts: new Map(), body: undefined, lines }
}

function parseBody(written: readonly Line[]): Expected['body'] {
  const text = written.map((line) => line.text).join('\n')
  if (text === '(empty)') return ''
  const pattern = /^\/(.+)\/$/s.exec(text)?.[1]
  if (pattern === undefined) return bytesOfLines(written).toString('latin1')
  return inLine(written[0]!, () => new RegExp(pattern))
}
