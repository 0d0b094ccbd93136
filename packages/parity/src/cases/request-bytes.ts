import { bytesOfLines, type Line, splitMessage } from './lines.ts'

/** A head as it goes out, with the empty line at its end. */
export function headBytes(lines: readonly Line[]): Buffer {
  const end = Buffer.from('\r\n')
  return Buffer.concat([...lines.flatMap((line) => [bytesOfLines([line]), end]), end])
}

/** A line that the case does not say. */
export function filledIn(text: string): Line {
  return { text, number: 0 }
}

export function hasField(fields: readonly Line[], name: string): boolean {
  return fields.some(({ text }) => text.toLowerCase().startsWith(`${name}:`))
}

/**
 * A request as it goes out: `Host` and `Content-Length` are filled in where they are not said.
 *
 * @param written begins with the request line
 * @param upload bytes of a body that is sent later
 * @throws LineError
 */
export function requestBytes(
  written: readonly Line[],
  withoutHost: boolean,
  upload: number = 0,
): Buffer {
  const { head, body } = splitMessage(written)
  const [first, ...fields] = head as readonly [Line, ...Line[]]
  const content = bytesOfLines(body)
  const line = / HTTP\/\d\.\d$/.test(first.text) ? first.text : `${first.text} HTTP/1.1`
  const all = [{ ...first, text: line }]
  if (!withoutHost && !hasField(fields, 'host')) all.push(filledIn('Host: localhost'))
  all.push(...fields)
  const isFramed = hasField(fields, 'content-length') || hasField(fields, 'transfer-encoding')
  const length = upload + content.length
  if (length > 0 && !isFramed) all.push(filledIn(`Content-Length: ${length}`))
  return Buffer.concat([headBytes(all), content])
}
