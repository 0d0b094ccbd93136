import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { bin } from './support/dev.ts'

const cwd = path.join(import.meta.dirname, 'fixtures')
const folder = mkdtempSync(path.join(tmpdir(), 'mooring-conform-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function conform(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'conform', ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('a command that keeps what is asked conforms', async () => {
  const options = ['--json', '--only', 'PB-01,PB-37', '--only', 'PB-54']
  const { code, stdout, stderr } = await conform(...options, '--', 'node', 'bound.ts')
  expect(stderr).toBe('')
  const report = JSON.parse(stdout) as { conforms: boolean; clauses: { id: string }[] }
  expect(report.conforms).toBe(true)
  expect(report.clauses.map(({ id }) => id)).toEqual(['PB-01', 'PB-37', 'PB-54'])
  expect(code).toBe(0)
})

test('a command that breaks a MUST does not, and hears how to mend it', async () => {
  const options = ['--boot-ms', '1500', '--only', 'PB-01']
  const { code, stdout } = await conform(...options, '--', 'node', 'bound.ts', '0')
  expect(stdout).toMatch(/FAIL PB-01 MUST[^]*mend +Read the port from `PORT`/)
  expect(code).toBe(1)
})

test('options after -- are those of the command', async () => {
  const { code, stdout } = await conform('--only', 'PB-01', '--', 'node', '--help', '--json')
  expect(stdout).toContain('FAIL PB-01')
  expect(code).toBe(1)
})

test.each([
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const)('%s leaves no process', async (signal, status) => {
  const file = path.join(folder, signal)
  const write = `fs.writeFileSync(${JSON.stringify(file)}, String(process.pid))`
  const code = `process.on('SIGINT', () => {}); setInterval(() => {}, 1_000); ${write}`
  const args = [bin, 'conform', '--', 'node', '-e', code]
  const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' })
  await vi.waitUntil(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 30_000)
  const pid = Number(readFileSync(file, 'utf8'))
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([status, status === null ? signal : null])
  // Whoever adopts it asks after it in their own time.
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000)
})
