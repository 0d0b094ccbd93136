import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { familyOf, isAlive, pidsMarked } from '../src/proc.ts'
import { until } from '../src/wait.ts'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const cwd = fileURLToPath(new URL('fixtures/', import.meta.url))
const web = ['--', 'node', 'web.ts']

/** What the command is given beside what it has anyway, and what it must not be given. */
const env = { ...process.env, CI: 'true', FROM_CALLER: 'passed on', NODE_DEBUG: 'net' }

function conform(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [bin, ...args], { cwd, env, encoding: 'utf8' })
}

describe('usage', () => {
  test.each([
    [['--profile', 'web']],
    [['--profile', 'mail', ...web]],
    [['--only', 'PB-999', ...web]],
    [['--only', 'PB-15', ...web]],
    [['--json', '--junit', ...web]],
    [['--grace-ms', '1e4', ...web]],
    [['--env', 'nothing', ...web]],
    [['--backing-env', 'URL', ...web]],
    [['--no-such-option', ...web]],
    [web.slice(1)],
  ])('%j is refused with 64', (args) => {
    const { status, stderr, stdout } = conform(...args)
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    expect(stderr).toMatch(/^conform: .+\nSee conform --help\.\n$/)
  })

  test('--list prints the clauses of the profile', () => {
    const { status, stdout } = conform('--list', '--profile', 'worker')
    expect(status).toBe(0)
    expect(stdout).toContain('PB-15 MUST   A worker listens on no TCP port.')
    expect(stdout).not.toContain('PB-01')
  })
})

describe('reports', () => {
  test('the exit status is 1 when a MUST fails, and the failure says how to mend it', () => {
    const { status, stdout } = conform('--only', 'PB-02,PB-24', ...web, 'PB-02')
    expect(status).toBe(1)
    expect(stdout).toMatch(/FAIL PB-02[^]*sent[^]*expected[^]*got[^]*mend/)
    expect(stdout).toMatch(/does not conform: 1 passed, 1 MUST and 0 SHOULD failed/)
  })

  test('the exit status is 0 when only a SHOULD fails', () => {
    const { status, stdout } = conform('--json', '--only', 'PB-01,PB-24', ...web, 'PB-24')
    expect(status).toBe(0)
    const report = JSON.parse(stdout) as { conforms: boolean; totals: object; clauses: object[] }
    expect(report).toMatchObject({ conforms: true, totals: { passed: 1, failedShould: 1 } })
    expect(report.clauses[1]).toMatchObject({
      id: 'PB-24',
      result: 'fail',
      expected: 'at least one line',
    })
  })

  test('JUnit and Markdown hold every clause', () => {
    const junit = conform('--junit', '--only', 'PB-01,PB-02', ...web, 'PB-02').stdout
    expect(junit).toMatch(/<testsuite name="node web.ts PB-02" tests="2" failures="1" skipped="0">/)
    expect(junit.match(/<testcase /g)).toHaveLength(2)
    const markdown = conform('--markdown', '--only', 'PB-01,PB-02', ...web, 'PB-02').stdout
    expect(markdown).toMatch(/\| PB-01 \| MUST \|.*\| pass \|/)
    expect(markdown).toMatch(/\| PB-02 \| MUST \|.*\| fail \| also port \d+/)
  })

  test('a command that does not start is said so once', () => {
    const { status, stdout } = conform('--only', 'PB-01,PB-37', '--', 'no-such-command')
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /^The command does not come to work: exit status 127[^]*ENOENT[^]*FAIL PB-01[^]*n\/a {2}PB-37/,
    )
  })

  test('why a command does not start comes before all else, whole where it is short', () => {
    const code = `const { env, exit } = process
      console.error('FROM_CALLER is', env.FROM_CALLER)
      for (let line = 2; line < 30; line++) console.error('line', line)
      console.error('CI is', env.CI, 'NODE_DEBUG is', env.NODE_DEBUG)
      exit(78)`
    // The only clause about the start holds: that the other one does not is said all the same.
    const asked = ['--only', 'PB-13,PB-37', '--', 'node', '-e', code]
    const { status, stdout } = conform(...asked)
    expect(status).toBe(1)
    const [head = '', clauses = ''] = stdout.split('\n\n')
    expect(head.split('\n')).toEqual([
      'The command does not come to work: exit status 78. It says:',
      '  FROM_CALLER is passed on',
      ...Array.from({ length: 11 }, (_, index) => `  line ${index + 2}`),
      '  … 12 more lines …',
      ...Array.from({ length: 5 }, (_, index) => `  line ${index + 25}`),
      '  CI is undefined NODE_DEBUG is undefined',
      'To give it a variable: --env NAME=value',
    ])
    expect(clauses).toMatch(/^pass PB-13.*\nFAIL PB-37[^]*got +exit status 78$/m)

    const json = JSON.parse(conform('--json', ...asked).stdout) as object
    expect(json).toMatchObject({ conforms: false, trouble: head })
    expect(conform('--junit', ...asked).stdout).toMatch(/<system-err>The command [^]*NAME=value</)
    expect(conform('--markdown', ...asked).stdout).toContain(`\n\`\`\`\n${head}\n\`\`\`\n`)
  })

  test('a clause tells the first words of a command that does not start, and the last', () => {
    const code = `for (let line = 1; line <= 12; line++) console.error('line', line)
      process.exit(1)`
    const { stdout } = conform('--only', 'PB-01', '--', 'node', '-e', code)
    expect(stdout).toMatch(
      /got +exit status 1; line 1 \|.*line 5 \| … 4 more lines … \| line 10 \|.*line 12$/m,
    )
  })
})

test.each([
  [14, '0/2  PB-01 PB'],
  // A terminal that does not say how wide it is.
  [0, '0/2  PB-01 PB-02'],
])('on a terminal of %d columns one line tells how far it is', (columns, both) => {
  const command = `exec "${process.execPath}" "${bin}" --only PB-01,PB-02 ${web.join(' ')} >/dev/null`
  // script(1) gives it the terminal.
  const args = ['-qec', `stty cols ${columns} && ${command}`, '/dev/null']
  const { status, stdout } = spawnSync('script', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(status).toBe(0)
  // Each is drawn over the one before, and nothing is left of the last.
  const drawn = stdout.split('\r\u001b[K')
  const after = expect.stringMatching(/^1\/2 {2}PB-0[12]$/)
  expect(drawn).toEqual(['', '0/2  PB-01', both, after, '2/2  ', ''])
})

test('with --pid-1 every start is as PID 1, and signals reach it', () => {
  const code = `if (process.pid !== 1) process.exit(1)
    const server = require('node:http').createServer((_, response) => response.end())
    server.listen(process.env.PORT)
    process.on('SIGTERM', () => process.exit(0))`
  const only = ['--only', 'PB-01,PB-19,PB-31,PB-32,PB-33,PB-38']
  const { status, stdout } = conform('--pid-1', ...only, '--', 'node', '-e', code)
  expect(stdout).toMatch(/^conforms: 6 passed/m)
  expect(status).toBe(0)
})

test('a command that cannot be started has no process, and no other one gets its signals', () => {
  // In a namespace of its own, where nothing but a sleeper could be hit.
  const script = `sleep 60 & "$0" "$@"; kill -0 $! && echo alive`
  const args = [bin, '--only', 'PB-19,PB-37', '--', 'no-such-command']
  const wrap = ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', script]
  const options = { cwd, encoding: 'utf8' } as const
  const { stdout } = spawnSync('unshare', [...wrap, process.execPath, ...args], options)
  expect(stdout).toMatch(/PB-19[^]*alive\n$/)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
  ['SIGKILL', null],
] as const)('%s leaves no process', async (signal, status) => {
  // What the command starts, in a session of its own, is found by this.
  const marker = `CONFORM_TEST=${signal}${process.pid}`
  const args = [bin, '--env', marker, '--only', 'PB-36', ...web, 'PB-35']
  const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' })
  const exit = new Promise((resolve) => child.once('exit', resolve))
  await expect.poll(() => pidsMarked(marker).length).toBeGreaterThanOrEqual(2)
  const family = familyOf(child.pid!)
  child.kill(signal)
  expect(await exit).toBe(status)
  // The watcher sees to it in its own time.
  if (status === null) await until(() => pidsMarked(marker).length === 0 || undefined, 60_000)
  expect(pidsMarked(marker)).toEqual([])
  await expect.poll(() => family.filter(isAlive)).toEqual([])
})
