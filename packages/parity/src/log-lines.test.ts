import { expect, test } from 'vitest'
import type { Fleet } from './fleet.ts'
import { listenToLines } from './log-lines.ts'
import type { LogLine } from './targets/log-line.ts'

const event = (level: string, message: string) => JSON.stringify({ level, message })

/** What is found of a target that logs these lines, where these are expected. */
async function findingsOf(logged: readonly LogLine[], ...expected: readonly string[]) {
  const lines: LogLine[] = [{ text: 'from before', to: 'out' }]
  const members = [{ target: { name: 'node' }, running: () => ({ logs: () => lines }) }]
  const findings = listenToLines(
    { members } as unknown as Fleet,
    {
      logged: expected.map((each) => ({ level: each.split(' ')[0]!, text: each.split(' ')[1]! })),
      logLine: 3,
    },
    50,
  )
  lines.push(...logged)
  return findings()
}

const out = (text: string): LogLine => ({ text, to: 'out' })
const err = (text: string): LogLine => ({ text, to: 'err' })

test('lines in their order and at their levels, among others', async () => {
  const logged = [out('a'), out('other'), out(event('error', 'b')), err('c')]
  expect(await findingsOf(logged, 'out a', 'error b', 'err c')).toEqual([])
})

test('stdout and stderr are two orders', async () => {
  expect(await findingsOf([err('b'), out('a')], 'out a', 'err b')).toEqual([])
})

test.each([
  ['another order', [out('b'), out('a')]],
  ['another level', [out('a'), err('b')]],
  ['one missing', [out('a')]],
  ['one twice', [out('a'), out('b'), out('b')]],
])('%s is a finding', async (_, logged) => {
  expect(await findingsOf(logged, 'out a', 'out b')).toMatchObject([
    { target: 'node', field: 'log', expected: 'out a\nout b' },
  ])
})
