import path from 'node:path'
import { expect, test } from 'vitest'
import { mergeOrders, named, type Order, relevant } from './side.ts'

const order = (kind: Order['kind'], files: string[] = [], atMs = 1): Order => ({
  kind,
  files,
  atMs,
})

test.each([
  ['saved', 'saved', 'saved'],
  ['first', 'saved', 'first'],
  ['saved', 'asked', 'asked'],
  ['asked', 'saved', 'asked'],
  // An app can end before its source was looked at for the first time.
  ['first', 'crashed', 'crashed'],
  ['crashed', 'saved', 'crashed'],
] as const)('%s and then %s is %s', (earlier, later, merged) => {
  expect(mergeOrders(order(earlier), order(later)).kind).toBe(merged)
})

test('a merged order names all files, counts from the first, and waits as the last says', () => {
  const later = { ...order('crashed', ['b', 'c'], 5), waitMs: 100 }
  expect(mergeOrders(order('saved', ['a', 'b'], 2), later)).toEqual({
    kind: 'crashed',
    files: ['a', 'b', 'c'],
    atMs: 2,
    waitMs: 100,
  })
})

test('code is relevant, and so is what a side names', () => {
  const inputs = { files: ['/app/.env'], folders: ['/app/public'] }
  const files = [
    '/app/src/a.ts',
    '/app/.env',
    '/app/public/x.png',
    '/app/public2/x.png',
    '/app/x.md',
  ]
  expect(relevant(files, inputs)).toEqual(['/app/src/a.ts', '/app/.env', '/app/public/x.png'])
})

test('a reload names what a side reads, or did read, and not what an editor writes beside it', () => {
  const before = { files: [path.resolve('gone.ts')], folders: [] }
  const now = { files: [path.resolve('a.ts')], folders: [path.resolve('public')] }
  const files = ['gone.ts', 'a.ts', '.#a.ts', '4913.ts', 'public/x.png'].map((file) =>
    path.resolve(file),
  )
  expect(named(files, before, now)).toEqual(['gone.ts', 'a.ts', 'public/x.png'])
})
