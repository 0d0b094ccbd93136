import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseResponse } from '../wire/response.ts'
import type { RequestStep } from './case.ts'
import { parseCases } from './parse.ts'
import { writeCase } from './write.ts'

const bodies: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['text', 'hello'],
  ['a line end at its end', 'hello\n'],
  ['events', 'data: 1\n\ndata: 2\n\n'],
  ['nothing but line ends', '\n\n'],
  ['a line end at its beginning', '\nhello'],
  ['a form of parts', '--b\r\nContent-Disposition: form-data; name="é"\r\n\r\n{}\r\n--b--\r\n'],
  ['Markdown', '# Title\n\n| a |\n| - |\n\n### Part\n---\n'],
  ['what looks like an answer', 'HTTP/1.1 200 OK\n\n[D-04 workerd]\n@new'],
  ['braces', '{"a":{"b":"{{hex 00}}"}}\n'],
  ['what means no body', '(empty)'],
  ['what looks like an expression', '/^a$/'],
  ['other bytes', Buffer.from([0, 255, 13, 10, 128])],
]

test.each(bodies)('%s is read as the bytes that it was', (_, body) => {
  const content = Buffer.from(body as string)
  const sent = Buffer.concat([
    Buffer.from(`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n\r\n`),
    content,
  ])
  const came = Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`),
    content,
  ])
  const { response } = parseResponse(came, 'POST', true)!
  const [only, ...more] = parseCases(writeCase('a', sent, response)!, 'a.http')
  expect(more).toEqual([])
  expect(only!.steps).toHaveLength(1)
  const [step] = only!.steps as [RequestStep]
  expect(step.bytes.toString('latin1')).toBe(sent.toString('latin1'))
  expect(step.expected!.body).toBe(content.toString('latin1'))
})

test('what can be read stays readable', () => {
  const { response } = parseResponse(
    Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nA: 1\r\nETag: "a"\r\n\r\nhello\n'),
    'GET',
    true,
  )!
  expect(writeCase('a', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), response)).toBe(
    '### a\nGET / HTTP/1.1\nHost: a\n\nHTTP/1.1 200 OK\nA: 1\n\nhello{{text "\\n"}}\n\n',
  )
})

test('a compressed answer is stated as what it is without its coding, as it is compared', () => {
  const { response } = parseResponse(
    Buffer.concat([
      Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'),
      gzipSync('hello'),
    ]),
    'GET',
    true,
  )!
  expect(writeCase('a', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), response)).toBe(
    '### a\nGET / HTTP/1.1\nHost: a\n\nHTTP/1.1 200 OK\nContent-Encoding: gzip\n\nhello\n\n',
  )
})
