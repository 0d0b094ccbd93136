import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { killAll, rawConnect } from '../../node/test/process.ts'
import { type RuntimeName, type Running, start } from './launch.ts'

/** What is told before the port is bound, and what is attached. */
export function startCases(runtime: RuntimeName): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'mooring-'))
  afterAll(async () => {
    await killAll()
    rmSync(folder, { recursive: true })
  })

  test.each([
    ['PORT', { PORT: '80a' }, /^MOORING_E_PORT: PORT is "80a"\./],
    ['HOST', { HOST: 'nowhere.invalid' }, /^MOORING_E_HOST: HOST is "nowhere\.invalid"\./],
    ['a foreign HOST', { HOST: '192.0.2.1' }, /^MOORING_E_HOST: HOST is "192\.0\.2\.1"\./],
    ['a setting', { SHUTDOWN_BUDGET: '30' }, /^MOORING_E_SETTING: SHUTDOWN_BUDGET is "30"\./],
    ['a resource', { STORE_URL: undefined }, /^MOORING_E_CONFIG: fixture cannot start/],
    ['what it cannot obey', { WEB_CONCURRENCY: '2' }, /^MOORING_E_UNSUPPORTED: WEB_CONCURRENCY/],
  ] as const)('%s: told on stderr, exit 78', async (_what, env, told) => {
    const server = await start(runtime, 'app.ts', env, false)
    expect(await server.exited).toBe(78)
    expect(server.stderr()).toMatch(told)
    expect(server.stdout()).toBe('')
  })

  test('a port that is taken is told with its holder, exit 78', async () => {
    const first = await start(runtime, 'app.ts')
    const second = await start(runtime, 'app.ts', { PORT: String(first.port) }, false)
    expect(await second.exited).toBe(78)
    expect(second.stderr()).toMatch(/^MOORING_E_ADDRESS_IN_USE: PORT is \d+, and process \d+/)
    first.kill('SIGKILL')
    await first.exited
  })

  test('a store in a file outlives the process; a service is asked by its URL', async () => {
    const env = { STORE_URL: `file:${path.join(folder, 'store.sqlite')}` }
    const first = await start(runtime, 'app.ts', env)
    await fetch(`${first.url}/store/a/kept`, { method: 'PUT' })
    first.kill('SIGKILL')
    await first.exited
    const second = await start(runtime, 'app.ts', { ...env, SELF_URL: 'http://127.0.0.1:1' })
    expect(await (await fetch(`${second.url}/store/a`)).text()).toBe('kept')
    expect((await fetch(`${second.url}/self`)).status).toBe(500)
    const { error } = await second.event('the handler threw')
    expect(error).toMatchObject({ code: 'MOORING_E_SERVICE_UNREACHABLE' })
  })

  test('links, bound: a link is made and followed', async () => {
    const links: Running = await start(runtime, 'links.ts', { PREVIEW_URL: 'http://127.0.0.1:1' })
    const created = await fetch(`${links.url}/api/links`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: 'https://example.com/a' }),
    })
    expect(created.status).toBe(201)
    const { slug } = (await created.json()) as { slug: string }
    const followed = await fetch(`${links.url}/${slug}`, { redirect: 'manual' })
    expect(followed.headers.get('location')).toBe('https://example.com/a')
    expect(await (await fetch(links.url)).text()).toContain('<html')
    const idle = await rawConnect(links.port)
    links.kill('SIGTERM')
    expect(await links.exited).toBe(0)
    idle.socket.destroy()
  })
}
