import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readGroup } from '../checks/corpus.ts'
import { clauses } from './index.ts'

test('numbers are unique, in order and without a gap', () => {
  const expected = clauses.map((_, index) => `PB-${String(index + 1).padStart(2, '0')}`)
  expect(clauses.map(({ id }) => id)).toEqual(expected)
})

test('each file is named after its number and is in the index', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.startsWith('pb-'))
  const numbers = files.map((name) => name.slice(0, 5).toUpperCase())
  expect(numbers.sort()).toEqual(clauses.map(({ id }) => id))
})

test('each clause says something in every field', () => {
  const incomplete = clauses.filter(
    ({ sentence, reason, source, mend, profiles }) =>
      ![sentence, reason, mend].every((text) => text.endsWith('.')) ||
      source === '' ||
      profiles.length === 0,
  )
  expect(incomplete.map(({ id }) => id)).toEqual([])
})

test('the corpus has at least 120 requests, each with an outcome and a source', () => {
  const groups = readdirSync(new URL('../../corpus/', import.meta.url))
  const cases = groups.flatMap((file) =>
    readGroup(file.replace('.json', '')).map((one) => ({ ...one, name: `${file}: ${one.name}` })),
  )
  expect(cases.length).toBeGreaterThanOrEqual(120)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  const incomplete = cases.filter(
    ({ allow, source }) => allow.length === 0 || !/RFC \d+|PROXY protocol/.test(source),
  )
  expect(incomplete).toEqual([])
})
