import { checkFrame } from '../wire/frame.ts'
import type { WebSocketLine, WebSocketStep } from './case.ts'
import { type Declared, parseDeclared } from './declared.ts'
import { inLine, type Line, LineError } from './lines.ts'
import { filledIn, hasField, headBytes } from './request-bytes.ts'

/**
 * Reads `@websocket /path`, fields of the handshake, and what is said. Below `[D-23 workerd]` is what
 * is said with that target instead, from the beginning.
 */
export function parseWebSocket(path: Line, lines: readonly Line[]): WebSocketStep {
  const fields: Line[] = []
  const script: WebSocketLine[] = []
  const declared: (Declared & { readonly at: Line; readonly script: WebSocketLine[] })[] = []
  for (const line of lines.filter(({ text }) => text.trim() !== '')) {
    const [, label] = /^\[(D-.*)\]$/.exec(line.text) ?? []
    if (label !== undefined) {
      declared.push({ ...inLine(line, () => parseDeclared(label)), at: line, script: [] })
    } else if (/^[\w-]+: /.test(line.text)) fields.push(line)
    else (declared.at(-1)?.script ?? script).push(inLine(line, () => parseLine(line)))
  }
  const silent = declared.find((each) => each.script.length === 0)
  if (silent) {
    throw new LineError(silent.at.number, `${silent.at.text} does not say what comes instead`)
  }
  return {
    kind: 'websocket',
    line: path.number,
    title: `WebSocket ${path.text}`,
    head: headOf(path, fields),
    script,
    declared,
  }
}

/** @throws where it is nothing that can be said */
function parseLine({ text, number }: Line): WebSocketLine {
  const [, arrow, frame = ''] = /^([<>]) (.+)$/.exec(text) ?? []
  if (arrow === undefined) {
    throw new Error(`"${text}" is neither sent ("> text hello") nor expected ("< text hello")`)
  }
  const direction = arrow === '>' ? 'send' : 'expect'
  const isOfHandshake = /^(?:status|header|no-header) /.test(frame)
  const isEvent = frame === (direction === 'send' ? 'restart' : 'end')
  if (!isOfHandshake && !isEvent) checkFrame(frame)
  return { direction, frame, line: number }
}

/** The handshake, with what is not said filled in. */
function headOf(path: Line, fields: readonly Line[]): Buffer {
  const head = [{ ...path, text: `GET ${path.text} HTTP/1.1` }]
  if (!hasField(fields, 'host')) head.push(filledIn('Host: localhost'))
  if (!hasField(fields, 'upgrade')) head.push(filledIn('Upgrade: websocket'))
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  head.push(...['Connection: Upgrade', 'Sec-WebSocket-Version: 13', key].map(filledIn))
  return headBytes([...head, ...fields])
}
