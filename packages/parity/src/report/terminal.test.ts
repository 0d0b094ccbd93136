import { expect, test } from 'vitest'
import { parseCases } from '../cases/parse.ts'
import type { CaseResult } from '../run.ts'
import { summarise } from './summary.ts'
import { reportTerminal } from './terminal.ts'

test('targets that show the same are one diff, and each is counted', () => {
  const [of] = parseCases('### a\nGET /\n', 'a.http')
  const finding = { field: 'status', expected: '200', got: '500', rest: ['bun', 'deno'] }
  const result: CaseResult = {
    case: of!,
    undeclared: [
      { ...finding, target: 'node' },
      { ...finding, target: 'node@22' },
      { ...finding, target: 'workerd', got: '404' },
    ],
    seen: [],
    outdated: [],
    failedStep: of!.steps[0],
  }
  const targets = ['node', 'node@22', 'workerd', 'bun', 'deno']
  const lines = reportTerminal(summarise(targets, [result]), false).split('\n')
  expect(lines.slice(2, 8)).toEqual([
    '  node, node@22: status (not as bun, deno)',
    '    - 200',
    '    + 500',
    '  workerd: status (not as bun, deno)',
    '    - 200',
    '    + 404',
  ])
  expect(lines).toContain('node@22 deviates in 1')
})

test('a declared difference is told by number, title and link, and as a diff where that is asked', () => {
  const [of] = parseCases('### a\nGET /\n', 'a.http')
  const finding = { target: 'workerd', field: 'reason', expected: 'Fine', got: 'OK', rest: [] }
  const seen = ['D-10', 'D-01'].map((difference) => ({ difference, target: 'workerd', finding }))
  const result: CaseResult = {
    case: of!,
    undeclared: [],
    seen,
    outdated: [],
    failedStep: undefined,
  }
  const summary = summarise(['node', 'workerd'], [result])
  const lines = reportTerminal(summary, false).split('\n')
  expect(lines.map((line) => line.slice(0, 31))).toMatchObject({
    0: expect.stringMatching(/^D-01 {2}\S/),
    1: '      docs/differences.md#d-01-',
    2: '      workerd 1×',
    3: expect.stringMatching(/^D-10 {2}\S/),
  })
  expect(reportTerminal(summary, false, true)).toContain(
    '  workerd: reason\n    - Fine\n    + OK\n',
  )
})
