import { expect, test } from 'vitest'
import { decodePath, splitUrl } from './static-routes.ts'

test.each([
  'http://a.example/',
  'http://a.example/b/c.txt',
  'http://a.example:8080/b?c=/d?e',
  'http://a.example/b?',
  'http://[::1]:80/b?c#d',
  'http://a.example/b#c?d',
])('%s is split as the standard splits it', (url) => {
  const { pathname, search } = splitUrl(url)
  const parsed = new URL(url)
  expect([pathname, search]).toEqual([parsed.pathname, parsed.search])
})

test.each([
  ['/a/b', '/a/b'],
  ['/%61//b', '/a/b'],
  ['/a%2Fb', '/a/b'],
  ['/%', undefined],
])('%s is %s', (path, decoded) => {
  expect(decodePath(path)).toBe(decoded)
})
