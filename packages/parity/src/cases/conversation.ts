import { bytesOf } from './bytes.ts'
import type { WebSocketLine, WebSocketStep } from './case.ts'

/**
 * Reads `@websocket /path`, fields of the handshake, and what is said. Below `[D-23 workerd]` is what
 * is said with that target instead, from the beginning.
 */
export function parseWebSocket(lines: readonly string[], line: number): WebSocketStep {
  const [first = '', ...rest] = lines
  const path = first.slice('@websocket '.length)
  const fields = rest.filter((each) => /^[\w-]+: /.test(each))
  const script: WebSocketLine[] = []
  const declared: { difference: string; targets: string[]; script: WebSocketLine[] }[] = []
  for (const each of rest) {
    const [, difference, targets = ''] = /^\[(D-\d+) (.+)\]$/.exec(each) ?? []
    const [, arrow, frame = ''] = /^([<>]) (.+)$/.exec(each) ?? []
    if (difference !== undefined) {
      declared.push({ difference, targets: targets.split(' '), script: [] })
    } else if (arrow !== undefined) {
      const direction = arrow === '>' ? 'send' : 'expect'
      ;(declared.at(-1)?.script ?? script).push({ direction, frame })
    }
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
