import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, startRedis } from '../../../packages/node/test/kv-redis-server.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const app = path.join(root, 'apps/links-node')

/** The Node that runs the bundle; CI runs the tests once for each version. */
const node = process.env['NODE_UNDER_TEST'] ?? process.execPath

const folder = mkdtempSync(path.join(tmpdir(), 'mooring-links-'))
afterAll(() => rmSync(folder, { recursive: true }))

const started = new Set<ChildProcess>()
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
})

/** A process that listens. */
interface Running {
  readonly url: string
  /** Sends SIGTERM. @returns the exit status */
  readonly stop: () => Promise<number | null>
  /** What came on stdout, line by line. */
  readonly lines: readonly string[]
}

const file = `file:${path.join(folder, 'links.sqlite')}`

async function start(
  program: string,
  args: string[],
  cwd: string,
  storeUrl: string = file,
): Promise<Running> {
  const child = spawn(program, args, {
    cwd,
    env: {
      // pnpm's scripts find pnpm by its name.
      PATH: `${path.dirname(program)}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      PORT: '0',
      STORE_URL: storeUrl,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.add(child)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    void exited.then((code) => reject(new Error(`exited ${code} before it listened`)))
    createInterface(child.stdout!).on('line', (line) => {
      lines.push(line)
      if (line.includes('"message":"listening"')) resolve(JSON.parse(line).port)
    })
  })
  const stop = () => {
    child.kill('SIGTERM')
    return exited
  }
  return { url: `http://127.0.0.1:${port}`, lines, stop }
}

describe('the bundle', () => {
  /** A copy where no node_modules and no source can be found. */
  const dist = path.join(folder, 'dist')

  beforeAll(() => {
    // By the Node of the workspace: the bundle is made once, whatever runs it.
    const tools = path.join(root, 'node_modules/.bin')
    const PATH = `${tools}:${process.env['PATH']}`
    execFileSync('mooring', ['build'], { cwd: app, env: { ...process.env, PATH }, stdio: 'pipe' })
    cpSync(path.join(app, 'dist'), dist, { recursive: true })
  })

  const main = ['--enable-source-maps', 'main.js']

  test('serves the page, keeps links over a restart, and drains', () => restart(file))

  test.runIf(hasRedis())('does the same on Redis', async () => {
    const redis = await startRedis()
    await restart(`redis://127.0.0.1:${redis.port}`)
    await redis.remove()
  })

  test('an outside scheduler has it take expired links off the list', async () => {
    const store = `file:${path.join(folder, 'expired.sqlite')}`
    const serving = await start(node, main, dist, store)
    for (const more of [{ slug: 'stays' }, { slug: 'goes', expiresInDays: 1e-9 }]) {
      await fetch(`${serving.url}/api/links`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ url: 'https://example.com/', ...more }),
      })
    }
    // Beside the process that serves: they share the store.
    const env = { STORE_URL: store, MOORING_RUN: 'removeExpired' }
    const child = spawn(node, main, { cwd: dist, env, stdio: ['ignore', 'pipe', 'inherit'] })
    started.add(child)
    const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect([status, said]).toEqual([0, expect.stringContaining('"removed":1')])
    const { links } = (await (await fetch(`${serving.url}/api/links`)).json()) as {
      links: readonly { slug: string }[]
    }
    expect(links.map(({ slug }) => slug)).toEqual(['stays'])
    expect(await serving.stop()).toBe(0)
  })

  test('a Redis that cannot be had is told, and the exit status is 78', async () => {
    const env = { PORT: '0', STORE_URL: 'redis://127.0.0.1:1' }
    const child = spawn(node, main, { cwd: dist, env, stdio: ['ignore', 'ignore', 'pipe'] })
    started.add(child)
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toMatch(/^MOORING_E_CONFIG.*\n.*STORE_URL[^]*ECONNREFUSED/)
    expect(status).toBe(78)
  })

  async function restart(storeUrl: string): Promise<void> {
    const first = await start(node, main, dist, storeUrl)
    const page = await fetch(first.url)
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ])
    const created = await fetch(`${first.url}/api/links`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ slug: 'kept', url: 'https://example.com/a' }),
    })
    expect(created.status).toBe(201)
    expect(await first.stop()).toBe(0)

    const second = await start(node, main, dist, storeUrl)
    const followed = await fetch(`${second.url}/kept`, { redirect: 'manual' })
    expect(followed.headers.get('location')).toBe('https://example.com/a')
    await expect
      .poll(async () => (await fetch(`${second.url}/api/links/kept`)).json())
      .toMatchObject({ clicks: 1 })
    expect(await second.stop()).toBe(0)
  }
})

describe('pnpm start', () => {
  test('builds without a word, serves, and ends with the signal', async () => {
    const running = await start(pnpm(), ['--silent', 'start'], root)
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200)
    expect(await running.stop()).toBe(0)
    // Nothing but the log of the app.
    for (const line of running.lines) expect(JSON.parse(line)).toHaveProperty('app', 'links')
    await expect(fetch(`${running.url}/readyz`)).rejects.toThrow('fetch failed')
  })
})

/** The pnpm that runs the tests, or where none does, the one that npx fetches. */
function pnpm(): string {
  const running = process.env['npm_execpath']
  if (running?.endsWith('/pnpm') && existsSync(running)) return running
  const args = ['-y', '-p', 'pnpm@12.18.0', '-c', 'command -v pnpm']
  return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
