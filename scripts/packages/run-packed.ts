import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

const app = `import { serve } from '@mooring/node'
import { Hono } from 'hono'

await serve(new Hono().get('/', (c) => c.text('bound')))
`

const exported = `import { handle } from '@mooring/cloudflare'
import { Hono } from 'hono'

export default handle(new Hono().get('/', (c) => c.text('bound')))
`

const worker = `import { handle } from '@mooring/cloudflare'
import { Hono } from 'hono'

const { fetch } = handle(new Hono().get('/', (c) => c.text('exported')))
const request = new Request('http://localhost/')
process.stdout.write(await (await fetch(request, {}, { waitUntil() {} })).text())
`

/** Installs the tarballs with npm into an empty folder, as a stranger would. */
export function installPacked(folder: string, tarballs: readonly string[], hono: string): void {
  const manifest = { private: true, type: 'module' }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(path.join(folder, 'app.js'), app)
  writeFileSync(path.join(folder, 'worker.js'), worker)
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', ...quiet, `hono@${hono}`, ...tarballs], {
    cwd: folder,
    stdio: 'pipe',
    encoding: 'utf8',
  })
}

/** The port-bound app of five lines listens, answers and stops. Throws where it does not. */
export async function serveInstalled(folder: string, node: string): Promise<void> {
  const child = spawn(node, ['app.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const exited = once(child, 'exit')
    const lines = createInterface(child.stdout)
    const first = await Promise.race([once(lines, 'line'), exited.then(() => [undefined])])
    if (first[0] === undefined) throw new Error('it exited before it listened')
    const { port } = JSON.parse(first[0] as string) as { port: number }
    expect('the answer', await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'bound')
    child.kill('SIGTERM')
    expect('the exit status', (await exited)[0], 0)
  } finally {
    child.kill('SIGKILL')
  }
}

/** The exported handler answers. Throws where it does not. */
export function handleInstalled(folder: string, node: string): void {
  const stdout = execFileSync(node, ['worker.js'], { cwd: folder, encoding: 'utf8' })
  expect('the answer', stdout, 'exported')
}

/** The command starts, and says the version that it was packed with. Throws where it does not. */
export function commandInstalled(folder: string, node: string, version: string): void {
  const command = path.join(folder, 'node_modules/mooring/bin/mooring.js')
  const stdout = execFileSync(node, [command, '--version'], { cwd: folder, encoding: 'utf8' })
  expect('mooring --version has the version', stdout.includes(version), true)
}

/** The command holds the app of five lines against clauses, with the corpus that is packed. */
export function conformInstalled(folder: string, node: string): void {
  const command = path.join(folder, 'node_modules/mooring/bin/mooring.js')
  const args = ['conform', '--json', '--only', 'PB-01,PB-77', '--', node, 'app.js']
  const stdout = execFileSync(node, [command, ...args], { cwd: folder, encoding: 'utf8' })
  const { totals } = JSON.parse(stdout) as { totals: { passed: number } }
  expect('how many clauses pass', totals.passed, 2)
}

const front = '### front\nGET /\n\nHTTP/1.1 200 OK\n'
const wrangler = { name: 'installed', main: 'src/worker.ts', compatibility_date: '2026-11-01' }

/** The command compares an app of one's own on Node and on workerd. Throws where it does not. */
export function parityInstalled(folder: string, node: string): void {
  const files = {
    'src/main.ts': app,
    'src/worker.ts': exported,
    'parity/front.http': front,
    'wrangler.json': JSON.stringify(wrangler),
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  const command = path.join(folder, 'node_modules/mooring/bin/mooring.js')
  const args = [command, 'parity', '--generate', '20', '--junit']
  const stdout = execFileSync(node, args, { cwd: folder, encoding: 'utf8' })
  expect('JUnit has the case', stdout.includes('name="front" file="parity/front.http"'), true)
}

function expect(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what} is ${actual}, not ${expected}`)
}
