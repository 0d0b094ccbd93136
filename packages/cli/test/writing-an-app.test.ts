import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bin } from './support/dev.ts'

const root = path.join(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/writing-an-app.md'), 'utf8')
const folder = mkdtempSync(path.join(tmpdir(), 'mooring-writing-'))
const app = path.join(folder, 'apps/board')
const runFile = promisify(execFile)

/** The code blocks of a section in these languages, in order. */
function blocksOf(section: string, languages: string): readonly string[] {
  const text = page.split(`\n## ${section}\n`)[1]!.split('\n## ')[0]!
  const fence = new RegExp(`^\`\`\`(?:${languages})\\n(.*?)^\`\`\`$`, 'gms')
  return [...text.matchAll(fence)].map(([, code]) => code!)
}

function write(name: string, text: string): void {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const files = blocksOf('An app, file by file', 'json|jsonc|ts')
const [, comparing] = blocksOf('An app, file by file', 'sh')

/** What the page says of it, and its own commands. */
const cases = `### A greeting
GET /hello/you

HTTP/1.1 200

hello, you

### A note is kept
PUT /notes/1

buy milk

HTTP/1.1 204
---
GET /notes/1

HTTP/1.1 200

buy milk
---
GET /notes/none

HTTP/1.1 404

### The folder of files
GET /

HTTP/1.1 200

<h1>board</h1>

### A message that is taken is handled
@log "message":"mailed"
POST /mails
Content-Type: application/json

{"to":"a@example.com"}

HTTP/1.1 202

### A WebSocket
@websocket /echo
> text hello
< text hello
> close 1000
< close 1000

### The schedule
@schedule count 0 3 * * *
< ran
`

const names = [...page.matchAll(/`(apps\/board\/(?!public)[\w./]+)`/g)].map(([, name]) => name!)

beforeAll(() => {
  for (const [index, name] of names.entries()) write(name, files[index]!)
  write('apps/board/public/index.html', '<h1>board</h1>')
  write('apps/board/parity/board.http', cases)
  const [example] = blocksOf('Tests', 'ts')
  write('apps/board/test/board.test.ts', example!)
  // As an installation of the workspace links them.
  symlinkSync(path.join(root, 'packages/cli/node_modules'), path.join(app, 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('its files agree: types, and what package.json has to name', () => {
  expect(names).toHaveLength(files.length)
  const config = { extends: path.join(root, 'tsconfig.base.json'), include: ['src', 'test'] }
  const compilerOptions = { types: [], declaration: false, isolatedDeclarations: false }
  write('apps/board/tsconfig.json', JSON.stringify({ ...config, compilerOptions }))
  const tsc = path.join(root, 'node_modules/.bin/tsc')
  const { stdout } = spawnSync(tsc, ['-p', app, '--noEmit'], { encoding: 'utf8' })
  expect(stdout).toBe('')
  const { dependencies } = JSON.parse(files[0]!) as { dependencies: Record<string, string> }
  const imported = files.flatMap((text) =>
    [...text.matchAll(/ from '((?:@\w+\/)?\w+)/g)].map(([, name]) => name!),
  )
  expect(Object.keys(dependencies).toSorted()).toEqual([...new Set(imported)].toSorted())
})

test('it answers as the page says, on Node and on workerd, to the command that it gives', async () => {
  const [, command] = comparing!.split(' exec mooring ')
  // An event stream is waited for: once is enough.
  const args = command!
    .replace('\\\n', '')
    .replace('/tmp/board', path.join(folder, 'board'))
    .replace('--generate 100', '--generate 20 --except /live')
    .trim()
    .split(/\s+/)
  const { stdout } = await runFile(process.execPath, [bin, ...args], { cwd: folder }).catch(
    (error: { stdout: string; stderr: string }) => ({ stdout: error.stdout + error.stderr }),
  )
  expect(stdout).toMatch(/ cases on node, workerd: no undeclared difference\n$/)
})

test('its test passes', async () => {
  const vitest = path.join(root, 'node_modules/.bin/vitest')
  // CI has it write in colours.
  const env = { ...process.env, NO_COLOR: '1' }
  const { stdout } = await runFile(vitest, ['run', '--root', app], { cwd: app, env })
  expect(stdout).toMatch(/Tests +1 passed/)
})
