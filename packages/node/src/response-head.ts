import { STATUS_CODES } from 'node:http'
import { isPlainField } from './header-field.ts'

/** The first lines of heads, by their status. */
const statusLines: string[] = []

const dayStamp = { second: -1, line: '' }

/** Made once a second. */
function dateLine(): string {
  const second = Math.floor(Date.now() / 1_000)
  if (second !== dayStamp.second) {
    dayStamp.second = second
    dayStamp.line = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`
  }
  return dayStamp.line
}

/**
 * The head of a response with a whole body: what Node makes of such headers. Node looks at each field
 * for what it might mean for the message, and tests its characters, which the app's response has seen
 * to; that is as much work as all else on the way out.
 *
 * @param end what it says of the connection
 * @returns `undefined` where a field may mean something to Node, or was not seen to be valid
 */
export function wholeHead(
  status: number,
  headers: Readonly<Record<string, unknown>>,
  length: number,
  end: string,
): string | undefined {
  let head = (statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`)
  for (const name in headers) {
    const value = headers[name]
    if (!isPlainField(name, value) || meansMore(name)) return undefined
    head += `${name}: ${value}\r\n`
  }
  return `${head}${dateLine()}${end}Content-Length: ${length}\r\n\r\n`
}

/** `Date`, of which there is one, and `Expect`. The fields of the connection are not plain. */
function meansMore(name: string): boolean {
  const { length } = name
  return (length === 4 || length === 6) && /^(?:date|expect)$/i.test(name)
}
