import { requestLimits } from '@mooring/core'
import { expect, test } from 'vitest'
import { readLimits } from './limits.ts'

test.each([
  [{}, undefined, 100 * 1024 ** 2],
  [{}, requestLimits({ bodyBytes: 5 }), 5],
  [{ BODY_LIMIT: '2kb' }, requestLimits({ bodyBytes: 5 }), 2048],
])('with %o, and what the app declares, a body may have %3$d bytes', (env, declared, bytes) => {
  expect(readLimits(env, declared).bodyLimitBytes).toBe(bytes)
})
