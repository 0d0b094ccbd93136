import { expect, test } from 'vitest'
import type { ProblemError } from './problem.ts'
import { readPageQuery, toCursor } from './page-query.ts'

function refused(query: Record<string, string>): readonly string[] {
  try {
    readPageQuery(query)
    return []
  } catch (error) {
    return (error as ProblemError).options.errors!.map(({ field }) => field)
  }
}

test('has 20 links where nothing is said', () => {
  expect(readPageQuery({})).toEqual({ cursor: undefined, limit: 20 })
})

test.each(['1', '100'])('takes a limit of %s', (limit) => {
  expect(readPageQuery({ limit })).toMatchObject({ limit: Number(limit) })
})

test.each(['', '0', '101', '-1', '1.5', '1e1', '0x10', ' 1', 'ten'])(
  'refuses a limit of %j',
  (limit) => {
    expect(refused({ limit })).toEqual(['limit'])
  },
)

test.each(['k1', 'newest/1/a', 'é😀', '+/=='])('gives %j back from its cursor', (cursor) => {
  const text = toCursor(cursor)
  expect(text).toMatch(/^[\w-]+$/)
  expect(readPageQuery({ cursor: text })).toMatchObject({ cursor })
})

test.each(['', 'nonsense', 'bm9uc2Vuc2U', '!', 'é', toCursor('')])(
  'refuses the cursor %j',
  (cursor) => {
    expect(refused({ cursor })).toEqual(['cursor'])
  },
)

test('names everything that is wrong', () => {
  expect(refused({ limit: '0', cursor: '!' })).toEqual(['limit', 'cursor'])
})
