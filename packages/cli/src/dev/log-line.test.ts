import { expect, test } from 'vitest'
import { parseLogLine } from './log-line.ts'

test('a line of the JSON log is its event, with all fields', () => {
  const line = '{"time":"2026-11-21T00:00:00.000Z","level":"info","message":"hello","port":1}'
  expect(parseLogLine(line)).toEqual({
    time: '2026-11-21T00:00:00.000Z',
    level: 'info',
    message: 'hello',
    port: 1,
  })
})

test.each(['hello', '{', '{"level":"info"}', '{"message":"a","level":3}', '[1]', 'null', ''])(
  '%j is no event',
  (line) => {
    expect(parseLogLine(line)).toBeUndefined()
  },
)
