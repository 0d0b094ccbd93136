import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { node } from '../../node/test/process.ts'
import { commandOf, type RuntimeName } from './launch.ts'

/** Cheap clauses of the contract, each about the end or a fault; the README tells of all of them. */
const clauses = [
  'PB-01',
  'PB-04',
  'PB-11',
  'PB-22',
  'PB-40',
  'PB-42',
  'PB-43',
  'PB-44',
  'PB-47',
  'PB-51',
  'PB-85',
  'PB-91',
]

/** Holds the adapter against the contract of port binding, as a stranger would. */
export function conformCases(runtime: RuntimeName): void {
  test('keeps the clauses about the end and about faults', async () => {
    const bin = fileURLToPath(new URL('../../conform/src/bin.ts', import.meta.url))
    const args = ['--json', '--only', clauses.join(','), '--', ...commandOf(runtime, 'conform.ts')]
    const report = await new Promise<string>((resolve) => {
      execFile(node, [bin, ...args], { maxBuffer: 2 ** 24 }, (_error, stdout) => resolve(stdout))
    })
    const { clauses: judged } = JSON.parse(report) as {
      clauses: readonly { readonly id: string; readonly result: string }[]
    }
    const failed = judged.filter(({ result }) => result !== 'pass')
    expect(failed).toEqual([])
    expect(judged).toHaveLength(clauses.length)
  })
}
