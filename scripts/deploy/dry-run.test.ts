import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const module = fileURLToPath(new URL('dry-run.ts', import.meta.url))
const ask = `import('${module}').then(({ isDryRun }) => console.log(isDryRun(process.ppid)))`

/** Asks from two shells below a command line that is as long as pnpm's. */
function below(...words: string[]): string {
  const script = `sh -c '"$0" -e "$1"; :' "$0" "$1"; :`
  const args = ['-c', script, process.execPath, ask, ...words]
  return execFileSync('sh', args, { encoding: 'utf8' }).trim()
}

test('the flag of a command above', () => {
  expect(below('--filter', 'links-edge', 'deploy', '--dry-run')).toBe('true')
})

test('no flag, or one of another command', () => {
  expect(below('--filter', 'links-edge', 'deploy')).toBe('false')
  expect(below('publish', '--dry-run')).toBe('false')
  expect(below('deploy', '--dry-running')).toBe('false')
})
