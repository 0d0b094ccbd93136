import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

// For CI: the sums of a folder of vitest's reports, as "passed failed" on stdout, and what failed on
// stderr. A test that was left out counts as failed, and so does a run that failed, or reported
// nothing, without a failing test.

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

const [folder = '', status = ''] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const file of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Report
  passed += report.numPassedTests
  failed += report.numFailedTests + report.numPendingTests + report.numTodoTests
  for (const { name, message, assertionResults } of report.testResults) {
    // A file that could not be loaded has no tests to name.
    if (message !== '') process.stderr.write(`${name}: ${message}\n`)
    for (const { status: result, fullName, failureMessages = [] } of assertionResults) {
      if (result === 'passed') continue
      const verdict = result === 'failed' ? 'failed' : 'left out'
      process.stderr.write(`${file}: ${verdict}: ${fullName}\n${failureMessages.join('\n')}\n`)
    }
  }
}
if (failed === 0 && (status !== '0' || passed === 0)) failed = 1
process.stdout.write(`${passed} ${failed}\n`)
