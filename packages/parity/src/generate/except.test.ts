import { expect, test } from 'vitest'
import { without } from './except.ts'

const routes = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/links' },
  { method: 'POST', path: '/links' },
  { method: 'GET', path: '/links/:slug' },
  { method: 'DELETE', path: '/links/:slug' },
  { method: 'GET', path: '/links/:slug/live' },
  { method: 'ALL', path: '/files/*' },
]

const left = (...patterns: string[]) =>
  without(routes, patterns).map(({ method, path }) => `${method} ${path}`)

test('a pattern is the whole path of a route, of every method or of one', () => {
  expect(left('/links')).toEqual([
    'GET /',
    'GET /links/:slug',
    'DELETE /links/:slug',
    'GET /links/:slug/live',
    'ALL /files/*',
  ])
  expect(left('DELETE /links/:slug', '/', '/files/*')).toEqual([
    'GET /links',
    'POST /links',
    'GET /links/:slug',
    'GET /links/:slug/live',
  ])
})

test('with /* at its end it is that path and all below', () => {
  expect(left('/links/*')).toEqual(['GET /', 'ALL /files/*'])
  expect(left('GET /links/*')).toEqual([
    'GET /',
    'POST /links',
    'DELETE /links/:slug',
    'ALL /files/*',
  ])
  expect(left('/links/:slug/*')).toEqual(['GET /', 'GET /links', 'POST /links', 'ALL /files/*'])
})

test.each([
  ['/link', '"/links"'],
  ['/:slug', '"/links"'],
  ['/links/:slg', '"/links/:slug"'],
  ['PUT /links', '"GET /links"'],
  ['/li/*', '"/links"'],
])('%s is no route, and what is near is told', (pattern, near) => {
  expect(() => left(pattern)).toThrow(`--except is "${pattern}", which is no route; near it: `)
  expect(() => left(pattern)).toThrow(near)
})

test('what is no pattern is told with what was expected, and so is one that leaves nothing', () => {
  expect(() => left('links')).toThrow('--except is "links", expected the path of a route')
  expect(() => left('')).toThrow('--except is ""')
  expect(() => left('/*')).toThrow('--except leaves none of the 7 routes')
})
