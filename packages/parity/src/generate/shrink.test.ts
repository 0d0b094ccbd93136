import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { generateRequest, toText } from './request.ts'
import { shrink } from './shrink.ts'

const routes = [
  { method: 'GET', path: '/links/:slug' },
  { method: 'POST', path: '/links' },
]

const texts = (seed: number) => {
  const random = createRandom(seed)
  return Array.from({ length: 200 }, () => toText(generateRequest(random, routes)))
}

test('a seed decides the requests, and two seeds make two runs', () => {
  expect(texts(1)).toEqual(texts(1))
  expect(texts(1)).not.toEqual(texts(2))
})

test('requests are for the routes, with parameters, bodies with a length and in chunks', () => {
  const all = texts(3)
  expect(all.filter((text) => /^GET \/links\/a[ ?]/.test(text))).not.toEqual([])
  expect(all.filter((text) => /\r\nTransfer-Encoding: chunked\r\n/.test(text))).not.toEqual([])
  const wrong = all.filter((text) => {
    const head = text.split('\r\n\r\n', 1)[0]!
    const length = /\r\nContent-Length: (\d+)/.exec(head)?.[1]
    return length !== undefined && text.length - head.length - 4 !== Number(length)
  })
  expect(wrong).toEqual([])
})

test('a failing request is made as small as it can be and still fail', async () => {
  const request = {
    method: 'POST',
    segments: ['links', 'a%20b', 'x'],
    query: ['a=1', 'b'],
    fields: ['Accept: */*', 'X-Bad: 1', 'DNT: 1'],
    body: 'abc'.repeat(100),
    chunks: [3, 297],
  }
  const fails = async ({ fields, segments }: typeof request | Parameters<typeof toText>[0]) =>
    fields.includes('X-Bad: 1') && segments.some((segment) => segment.includes('%20'))
  expect(await shrink(request, fails)).toEqual({
    method: 'GET',
    segments: ['a%20'],
    query: [],
    fields: ['X-Bad: 1'],
    body: '',
    chunks: [],
  })
})
