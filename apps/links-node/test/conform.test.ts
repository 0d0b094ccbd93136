import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const mooring = path.join(root, 'packages/cli/bin/mooring.js')
const app = path.join(import.meta.dirname, 'fixtures/conform.ts')

/** The Node that runs the app; CI runs the tests once for each version. */
const node = process.env['NODE_UNDER_TEST'] ?? process.execPath

interface Report {
  readonly clauses: readonly { readonly id: string; readonly result: string }[]
}

/** Shorter than the defaults, which scripts/conform-links.ts waits for. */
const times = '--stall-ms 20000 --keep-alive-ms 3000 --grace-ms 8000'.split(' ')
const limits = ['--env', 'STALL_TIMEOUT=3s', '--env', 'SHUTDOWN_BUDGET=8s']

test('links keeps every clause of the port-bound contract', { timeout: 300_000 }, async () => {
  const backing = ['--backing-env', 'PREVIEW_URL', '--backing-path', '/__conform/backing']
  const cache = `NODE_COMPILE_CACHE=${process.env['NODE_COMPILE_CACHE'] ?? ''}`
  const env = ['--env', 'STORE_URL=memory:', '--env', cache]
  const options = ['--json', ...env, ...backing, ...limits, ...times]
  const args = [mooring, 'conform', ...options, '--', node, app]
  // The variables of the test runner, BASE_URL among them, are not for links.
  const own = { maxBuffer: 2 ** 26, env: { PATH: process.env['PATH'] } }
  const stdout = await promisify(execFile)(process.execPath, args, own).then(
    (done) => done.stdout,
    (error: { stdout: string }) => error.stdout,
  )
  const { clauses } = JSON.parse(stdout) as Report
  expect(clauses.length).toBeGreaterThan(90)
  expect(clauses.filter(({ result }) => result === 'fail')).toEqual([])
})
