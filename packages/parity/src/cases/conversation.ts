import { checkFrame } from '../wire/frame.ts'
import { bytesOf } from './bytes.ts'
import type { WebSocketLine, WebSocketStep } from './case.ts'
import { type Declared, parseDeclared } from './declared.ts'

/**
 * Reads `@websocket /path`, fields of the handshake, and what is said. Below `[D-23 workerd]` is what
 * is said with that target instead, from the beginning.
 */
export function parseWebSocket(
  path: string,
  lines: readonly string[],
  line: number,
): WebSocketStep {
  const fields: string[] = []
  const script: WebSocketLine[] = []
  const declared: (Declared & { readonly script: WebSocketLine[] })[] = []
  for (const each of lines.filter((written) => written.trim() !== '')) {
    const [, label] = /^\[(D-.*)\]$/.exec(each) ?? []
    if (label !== undefined) declared.push({ ...parseDeclared(label), script: [] })
    else if (/^[\w-]+: /.test(each)) fields.push(each)
    else (declared.at(-1)?.script ?? script).push(parseLine(each))
  }
  const silent = declared.find((each) => each.script.length === 0)
  if (silent) throw new Error(`[${silent.difference} …] does not say what comes instead`)
  return {
    kind: 'websocket',
    line,
    title: `WebSocket ${path}`,
    head: headOf(path, fields),
    script,
    declared,
  }
}

/** @throws where it is nothing that can be said */
function parseLine(written: string): WebSocketLine {
  const [, arrow, frame = ''] = /^([<>]) (.+)$/.exec(written) ?? []
  if (arrow === undefined) {
    throw new Error(`"${written}" is neither sent ("> text hello") nor expected ("< text hello")`)
  }
  const direction = arrow === '>' ? 'send' : 'expect'
  const isOfHandshake = /^(?:status|header|no-header) /.test(frame)
  const isEvent = frame === (direction === 'send' ? 'restart' : 'end')
  if (!isOfHandshake && !isEvent) checkFrame(frame)
  return { direction, frame }
}

/** The handshake, with what is not said filled in. */
function headOf(path: string, fields: readonly string[]): Buffer {
  const has = (name: string) => fields.some((field) => field.toLowerCase().startsWith(`${name}:`))
  const head = [`GET ${path} HTTP/1.1`]
  if (!has('host')) head.push('Host: localhost')
  if (!has('upgrade')) head.push('Upgrade: websocket')
  head.push('Connection: Upgrade', 'Sec-WebSocket-Version: 13')
  head.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...fields)
  return bytesOf(`${head.join('\r\n')}\r\n\r\n`)
}
