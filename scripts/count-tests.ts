import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

// For CI: the sums of a folder of vitest's reports, as "passed failed". A test that was left out
// counts as failed, and so does a run that failed, or reported nothing, without a failing test.

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const [folder = '', status = ''] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const file of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Report
  passed += report.numPassedTests
  failed += report.numFailedTests + report.numPendingTests + report.numTodoTests
  for (const { assertionResults } of report.testResults) {
    for (const { status: result, fullName } of assertionResults) {
      if (!/passed|failed/.test(result)) process.stderr.write(`left out: ${fullName}\n`)
    }
  }
}
if (failed === 0 && (status !== '0' || passed === 0)) failed = 1
process.stdout.write(`${passed} ${failed}\n`)
