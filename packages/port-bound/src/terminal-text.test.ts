import { createLogger, type LogEvent } from '@mooring/core'
import { expect, test } from 'vitest'
import { toTerminalText } from './terminal-text.ts'

/** An event as the log makes it: errors are plain data by then. */
function textOf(message: string, fields: Readonly<Record<string, unknown>>) {
  const events: LogEvent[] = []
  createLogger((event) => void events.push(event)).info(message, fields)
  const { time: _, level: __, message: ___, ...plain } = events[0]!
  return toTerminalText(message, plain)
}

test('facts stand beside the message', () => {
  expect(textOf('click', { slug: 'a b', count: 3, of: { x: [1] }, none: undefined })).toEqual({
    message: 'click',
    facts: ['slug=a b', 'count=3', 'of={"x":[1]}'],
    below: '',
  })
})

test('an error has lines of its own: message, stack, and the same of its causes', () => {
  const root = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  const middle = new TypeError('two\nlines', { cause: root })
  const { facts, below } = textOf('request failed', {
    method: 'GET',
    error: new Error('no store', { cause: middle }),
  })
  expect(facts).toEqual(['method=GET'])
  expect(below).not.toContain('\\n')
  const lines = below.split('\n')
  expect(lines.filter((line) => !/^ {6}at \S/.test(line))).toEqual([
    '  Error: no store',
    '  caused by TypeError: two',
    '  lines',
    '  caused by Error ECONNREFUSED: refused',
  ])
  expect(lines[1]).toMatch(/^ {6}at .*terminal-text\.test\.ts:\d+/)
})

test('a cause that is no error is told too', () => {
  const { below } = textOf('failed', { error: new Error('a', { cause: 'because' }) })
  expect(below.split('\n').at(-1)).toBe('  caused by because')
})

test('listening is an address and a few facts', () => {
  const text = textOf('listening', {
    url: 'http://localhost:8080',
    port: 8080,
    host: '::',
    resources: [
      { name: 'store', kind: 'kv', target: 'file:.mooring/store.sqlite', embedded: true },
      { name: 'preview', kind: 'service', target: 'not attached', embedded: false },
    ],
    static: 'public',
    shutdown: { lameDuck: { leastMs: 0 }, graceMs: 10_000, deadlineMs: 8_500, source: 'default' },
  })
  expect(text).toEqual({
    message: 'listening on http://localhost:8080',
    facts: [
      'store=file:.mooring/store.sqlite (embedded default)',
      'preview=not attached',
      'static=public',
      'shutdown=10s (default)',
    ],
    below: '',
  })
})
