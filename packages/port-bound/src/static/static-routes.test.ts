import { expect, test } from 'vitest'
import { decodePath, findRoute, listRoutes, splitUrl } from './static-routes.ts'

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

test('the list has every path that leads somewhere, and no other', () => {
  const files = ['/index.html', '/a.html', '/b/index.html', '/c.txt', '/d/index', '/e.html/f.txt']
  const more = ['/a/index.html', '/b.html', '/g/index/index.html']
  for (const set of [files, more, [...files, ...more]]) {
    const routes = listRoutes(set)
    const ends = ['', '/', '/index', '/index.html', '.html', '/index/', '/index/index', '.html/']
    const stems = ['', '/a', '/b', '/c.txt', '/d', '/e', '/f.txt', '/g', '/index', '/a/index']
    for (const path of stems.flatMap((stem) => ends.map((end) => stem + end))) {
      if (!path.startsWith('/')) continue
      const found = findRoute((route) => set.includes(route), path)
      expect([path, routes.get(path)]).toEqual([path, found])
    }
  }
})
