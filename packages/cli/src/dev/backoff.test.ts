import { expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'

test('what ends again and again waits longer each time, up to five seconds', () => {
  const { next } = createBackoff()
  expect([1, 2, 3, 4, 5, 6].map(() => next(100))).toEqual([0, 500, 1_000, 2_000, 5_000, 5_000])
})

test('having lived for ten seconds it starts at once again', () => {
  const { next } = createBackoff()
  next(100)
  next(100)
  expect(next(10_000)).toBe(0)
  expect(next(100)).toBe(500)
})
