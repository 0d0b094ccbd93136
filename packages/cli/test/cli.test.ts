import { options } from '@mooring/conform/options'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { bin } from './support/dev.ts'

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const fixtures = path.resolve(import.meta.dirname, 'fixtures/project')

function mooring(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: fixtures }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('help lists the commands, and every option of one', async () => {
  const all = await mooring('--help')
  expect(all.code).toBe(0)
  expect(all.stdout).toContain('dev [...folders]')
  expect(all.stdout).toContain('build [folder]')
  expect(all.stdout).toContain('conform [...command]')
  const one = await mooring('dev', '--help')
  expect(one.stdout).toContain('--with <name=folder>')
  expect(one.stdout).toContain(
    'mooring dev apps/links-node apps/links-edge --with preview=apps/preview',
  )
})

test('the help of conform has every option, and where the command goes', async () => {
  const { stdout } = await mooring('conform', '--help')
  expect(stdout).toContain('$ mooring conform [options] -- command [arguments]')
  for (const { name } of options) expect(stdout).toContain(`--${name} `)
})

test('version is that of the package', async () => {
  expect((await mooring('--version')).stdout).toMatch(/^mooring\/0\.1\.0 /)
})

test('without a command there is help, and the status of a mistake', async () => {
  const { code, stdout } = await mooring()
  expect(code).toBe(64)
  expect(stdout).toContain('Commands:')
})

test.each([
  [
    ['serve'],
    'There is no command "serve".',
    'Expected one of dev, build, run, dead-letters, parity, conform; the nearest is ',
  ],
  [['dev', '--wiht', 'a=b'], 'Unknown option `--wiht`.', 'nearest that there is: --with.'],
  [['dev', '--with'], 'option `--with <name=folder>` value is missing.', 'mooring dev --help'],
  [['dev', 'nowhere'], 'There is no folder "nowhere".', 'relative to where the command is started'],
  [['dev', 'app'], 'The folder "app" holds no app to serve.', 'Expected src/main.ts (port-bound)'],
  [['dev', 'node', 'preview'], 'There is more than one port-bound app: node, preview.', '--with'],
  [['dev', 'edge', 'preview'], 'There is more than one injected app: edge, preview.', '--with'],
  [['dev', 'node', '--with', 'preview'], '--with is "preview".', '--with preview=apps/preview'],
  [['dev', 'node', '--with', 'Preview=preview'], '--with is "Preview=preview".', 'the name'],
  [['dev', 'node', '--with', 'preview=app'], '"app" has no src/main.ts.', 'add app/src/main.ts'],
  [
    ['dev', 'node', '--with', 'a=preview', '--with', 'a=preview'],
    '--with names "a" more than once.',
    'leave out all but one',
  ],
  [['build', 'edge'], 'The folder "edge" has no src/main.ts.', 'mooring build apps/my-node'],
  [['conform', 'node', 'app.js'], "'node' is no option", 'the command goes after --'],
  [['conform', '--json'], 'no command: give it after --.', 'mooring conform --help'],
  [['conform', '--jsn', '--', 'node'], 'Unknown option `--jsn`.', 'mooring conform --help'],
  [['conform', '--only', 'PB-0', '--', 'node'], '--only names PB-0', 'see --list'],
  [['build', 'nowhere'], 'The folder "nowhere" has no src/main.ts.', 'mooring build apps/my-node'],
])('mooring %j names the mistake and the fix', async (args, message, more) => {
  const { code, stderr, stdout } = await mooring(...args)
  expect(stderr).toContain('MOORING_E_CLI: ')
  expect(stderr).toContain(message)
  expect(stderr).toContain(more)
  expect(stderr).not.toContain('    at ')
  expect(stdout).toBe('')
  expect(code).toBe(64)
})
