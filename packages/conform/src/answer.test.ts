import { expect, test } from 'vitest'
import { parseResponse } from './answer.ts'

const parse = (text: string, ended = false) =>
  parseResponse(Buffer.from(text, 'latin1'), false, ended)?.answer

test('a body of a length is whole when all of it is there', () => {
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab')).toBeUndefined()
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc')?.body.toString()).toBe('abc')
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', true)?.complete).toBe(false)
})

test('a chunked body is whole with its last chunk', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'
  expect(parse(head)).toBeUndefined()
  expect(parse(head, true)).toMatchObject({ complete: false })
  expect(parse(`${head}0\r\n\r\n`)?.complete).toBe(true)
  expect(parse(`${head}0\r\nX-A: b\r\n\r\n`)?.body.toString()).toBe('abc')
})

test('interim responses come before the final one', () => {
  const text = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'
  expect(parse(text)).toMatchObject({ status: 204, interim: [100], complete: true })
})

test('what is left belongs to the next response', () => {
  const one = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'
  expect(parseResponse(Buffer.from(one + one), false, false)?.length).toBe(one.length)
})
