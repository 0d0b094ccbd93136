import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { type Generated, toStep, toText } from './request.ts'
import { generateSequence, type Sequence } from './sequence.ts'

const routes = [
  { method: 'GET', path: '/links/:slug' },
  { method: 'POST', path: '/links' },
  { method: 'DELETE', path: '/links/:slug' },
  { method: 'GET', path: '/about/us' },
]

function sequences(seed: number, count: number = 500): readonly Sequence[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => generateSequence(random, routes, 4))
}

const made = sequences(3)
const requests = made.flat()
const texts = requests.map(toText)
const shown = (pattern: RegExp) => texts.filter((text) => pattern.test(text))

test('a seed decides the requests, and two seeds make two runs', () => {
  const of = (seed: number) => sequences(seed, 50).flat().map(toText)
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(2))
})

test('a sequence has one to four requests, and no more than are asked for', () => {
  const lengths = new Set(made.map(({ length }) => length))
  expect([...lengths].sort()).toEqual([1, 2, 3, 4])
  expect(generateSequence(createRandom(1), routes, 1)).toHaveLength(1)
})

test('it begins on a new connection, and goes on upon it, behind it or on another', () => {
  expect(new Set(made.map(([first]) => first!.connection))).toEqual(new Set(['new']))
  const later = new Set(made.flatMap(([, ...rest]) => rest.map(({ connection }) => connection)))
  expect(later).toEqual(new Set(['new', 'kept', 'pipelined']))
  const pipelined = requests.find(({ connection }) => connection === 'pipelined')!
  expect(toStep(pipelined)).toMatchObject({ isPipelined: true, newConnection: false })
})

test('what follows is often about the same resource, with another method', () => {
  const pathOf = ({ segments }: Generated) => segments.join('/')
  const changed = made.filter((sequence) =>
    sequence.some(
      (request, index) =>
        request.method === 'GET' &&
        sequence
          .slice(0, index)
          .some((each) => each.method === 'DELETE' && pathOf(each) === pathOf(request)),
    ),
  )
  expect(changed.length).toBeGreaterThan(10)
  const below = made.filter(([first, second]) => {
    const isPost = first?.method === 'POST' && pathOf(first) === 'links'
    return isPost && second?.segments[0] === 'links' && second.segments.length === 2
  })
  expect(below.length).toBeGreaterThan(10)
})

test('requests are for the routes: parameters, queries, fields and odd methods', () => {
  expect(shown(/^GET \/links\/a[ ?]/)).not.toEqual([])
  expect(shown(/^GET \/links\/%F0%9F%98%80[ ?]/)).not.toEqual([])
  expect(shown(/^GET \/about\/us\?a=1/)).not.toEqual([])
  expect(shown(/^PROPFIND \/about\/us[ ?]/)).not.toEqual([])
  expect(shown(/\r\nAccept-Language: en\r\n/)).not.toEqual([])
})

test('bodies have a length or chunks, and both tell what is there', () => {
  const wrong = requests.filter((request) => {
    const [head, body] = split(toText(request))
    const length = /\r\nContent-Length: (\d+)/.exec(head)?.[1]
    if (/\r\nTransfer-Encoding: chunked/.test(head)) return unchunked(body) !== request.body
    return body !== request.body || (length !== undefined && body.length !== Number(length))
  })
  expect(wrong).toEqual([])
  expect(shown(/\r\nTransfer-Encoding: chunked\r\n/)).not.toEqual([])
  expect(shown(/^POST [^]*\r\nContent-Length: 0\r\n\r\n$/)).not.toEqual([])
})

test('bodies are of every size from one byte, about the buffers of runtimes and above', () => {
  const lengths = new Set(requests.map(({ body }) => body.length))
  for (const length of [0, 1, 16_383, 16_384, 16_385, 65_536, 65_537, 300_000]) {
    expect(lengths).toContain(length)
  }
})

test('a head is long at times, and stays below 16 KB', () => {
  const heads = texts.map((text) => split(text)[0].length)
  expect(Math.max(...heads)).toBeGreaterThan(7_000)
  expect(Math.max(...heads)).toBeLessThan(16_000)
})

test('bodies have charsets, and codings that are so or are not', () => {
  expect(shown(/\r\nContent-Type: text\/plain; charset=iso-8859-1\r\n/)).not.toEqual([])
  const gzip = requests.filter(({ fields }) => fields.includes('Content-Encoding: gzip'))
  const isGzip = ({ body }: Generated) => body.startsWith('\x1f\x8b')
  const [first] = gzip.filter(isGzip)
  expect(gunzipSync(Buffer.from(first!.body, 'latin1')).length).toBeGreaterThan(0)
  expect(gzip.every(isGzip)).toBe(false)
})

function split(text: string): [head: string, body: string] {
  const end = text.indexOf('\r\n\r\n')
  return [text.slice(0, end + 2), text.slice(end + 4)]
}

function unchunked(text: string): string {
  const [, size, rest] = /^([\da-f]+)\r\n([^]*)$/.exec(text)!
  const length = Number.parseInt(size!, 16)
  return length === 0 ? '' : rest!.slice(0, length) + unchunked(rest!.slice(length + 2))
}
