import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { endWithTheTest, type Environment, launch, node, rawConnect } from './process.ts'
import { hasSystemd, listenForNotifications, type NotifySocket } from './systemd.ts'
import { folder, startParent } from './workers.ts'

const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

let manager: NotifySocket | undefined
afterEach(async () => {
  await manager?.close()
  manager = undefined
})

/** Starts it as a service of Type=notify. */
async function startService(env: Environment = {}, name = 'notify') {
  manager = await listenForNotifications(name)
  const all = { WEB_CONCURRENCY: '1', ...env, NOTIFY_SOCKET: manager.address }
  return { manager, service: await startParent('app.ts', all) }
}

describe.runIf(hasSystemd())('sd_notify', () => {
  test.each([
    ['notify', '1', /^listening on http:/],
    ['@mooring-notify', '1', /^listening on http:/],
    ['notify', '2', /^2 workers listening on http:/],
  ])('at %s with WEB_CONCURRENCY=%s: ready, then stopping', async (name, workers, status) => {
    const { manager: at, service } = await startService({ WEB_CONCURRENCY: workers }, name)
    const ready = (await at.message('READY=1')).split(' | ')
    expect(ready).toEqual([
      'READY=1',
      `MAINPID=${service.child.pid}`,
      expect.stringMatching(/^STATUS=/),
    ])
    expect(ready[2]!.slice('STATUS='.length)).toMatch(status)
    service.child.kill('SIGTERM')
    const stopping = await at.message('STOPPING=1')
    expect(stopping.split(' | ')).toEqual([
      'STOPPING=1',
      'STATUS=draining: SIGTERM',
      'EXTEND_TIMEOUT_USEC=10000000',
    ])
    expect(await service.exited).toBe(0)
    expect(at.messages()).toHaveLength(2)
  })

  test('SIGHUP is a reload that begins and ends', async () => {
    const { manager: at, service } = await startService({ WEB_CONCURRENCY: '2' })
    await at.message('READY=1')
    const beforeMicroseconds = process.hrtime.bigint() / 1_000n
    service.child.kill('SIGHUP')
    const reloading = await at.message('RELOADING=1')
    const monotonic = BigInt(/MONOTONIC_USEC=(\d+)/.exec(reloading)![1]!)
    expect(monotonic).toBeGreaterThan(beforeMicroseconds)
    await at.message('STATUS=2 workers restarted')
    expect(at.messages().at(-1)).toContain('READY=1')
  })

  test('SIGHUP without workers does not leave systemd waiting', async () => {
    const { manager: at, service } = await startService()
    service.child.kill('SIGHUP')
    await at.message('RELOADING=1')
    expect(await at.message('STATUS=SIGHUP is ignored: WEB_CONCURRENCY is 1')).toContain('READY=1')
  })

  test('a setting that is wrong is told by the exit alone', async () => {
    manager = await listenForNotifications('notify')
    const program = launch('app.ts', { PORT: '80a', NOTIFY_SOCKET: manager.address })
    expect(await program.exited).toBe(78)
    expect(manager.messages()).toEqual([])
  })
})

describe.runIf(hasSystemd())('the watchdog', () => {
  const fed = (at: NotifySocket) => at.messages().filter((line) => line === 'WATCHDOG=1').length

  test.each(['1', '2'])('with WEB_CONCURRENCY=%s is fed', async (workers) => {
    const env = { WEB_CONCURRENCY: workers, WATCHDOG_USEC: '500000' }
    const { manager: at } = await startService(env)
    await expect.poll(() => fed(at), { timeout: 30_000 }).toBeGreaterThan(3)
    expect(at.messages()[0]).toContain('READY=1')
  })

  test('is not fed while the event loop is blocked', async () => {
    const { manager: at, service } = await startService({ WATCHDOG_USEC: '500000' })
    await expect.poll(() => fed(at), { timeout: 30_000 }).toBeGreaterThan(1)
    const blocked = await rawConnect(
      service.port,
      'GET /block/8000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    )
    const isStarved = async () => {
      const before = fed(at)
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      return fed(at) === before && blocked.received() === ''
    }
    await expect.poll(isStarved, { timeout: 8_000 }).toBe(true)
    const before = fed(at)
    await blocked.closed
    await expect.poll(() => fed(at), { timeout: 30_000 }).toBeGreaterThan(before)
  })

  test('of another process is not fed', async () => {
    const env = { WATCHDOG_USEC: '100000', WATCHDOG_PID: '1' }
    const { manager: at, service } = await startService(env)
    await at.message('READY=1')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    service.child.kill('SIGTERM')
    await at.message('STOPPING=1')
    expect(fed(at)).toBe(0)
  })
})

test('without systemd-notify it serves, and says what is missing', async () => {
  const env = { PORT: '0', STORE_URL: 'memory:', NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' }
  const program = launch('app.ts', env)
  const { port } = await program.event('listening')
  expect(await program.event('systemd cannot be told')).toMatchObject({
    level: 'warn',
    problem: expect.stringContaining('ENOENT'),
  })
  expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200)
})

describe.runIf(hasSystemd())('systemd-socket-activate', () => {
  test.each(['1', '2'])(
    'starts it with WEB_CONCURRENCY=%s at the first connection',
    async (workers) => {
      const socket = path.join(folder, 'activated.sock')
      const app = fileURLToPath(new URL('fixtures/app.ts', import.meta.url))
      const settings = {
        PATH: process.env['PATH'],
        NODE_NO_WARNINGS: '1',
        WEB_CONCURRENCY: workers,
        STORE_URL: `file:${path.join(folder, 'store.sqlite')}`,
      }
      const passed = Object.keys(settings).map((name) => `--setenv=${name}`)
      const activate = spawn(
        'systemd-socket-activate',
        [`--listen=${socket}`, '--fdname=http', ...passed, node, app],
        { env: settings, stdio: ['ignore', 'pipe', 'pipe'] },
      )
      endWithTheTest(activate)
      let told = ''
      activate.stderr.on('data', (chunk) => void (told += chunk))
      let output = ''
      activate.stdout.on('data', (chunk) => void (output += chunk))
      await expect.poll(() => told, { timeout: 30_000 }).toContain('Listening on')
      expect(output).toBe('')
      const first = await rawConnect(socket, request)
      expect(await first.closed).toMatch(/^HTTP\/1\.1 200 [^]*hello$/)
      await expect.poll(() => output, { timeout: 30_000 }).toContain('"message":"listening"')
      activate.kill('SIGTERM')
      const [code] = await once(activate, 'close')
      expect(code).toBe(0)
    },
  )
})

test.runIf(hasSystemd())('systemd-analyze accepts the units of the documentation', () => {
  const doc = readFileSync(new URL('../../../docs/systemd.md', import.meta.url), 'utf8')
  const blocks = [...doc.matchAll(/```ini\n# \/etc\/systemd\/system\/(\S+)\n([^]*?)```/g)]
  expect(blocks.map(([, name]) => name)).toEqual(['links.service', 'links.socket'])
  mkdirSync(path.join(folder, 'units'))
  const files = blocks.map(([, name, unit]) => {
    const file = path.join(folder, 'units', name!)
    // Where Node is differs from machine to machine, and verify looks for it.
    writeFileSync(file, unit!.replace('/usr/bin/node', process.execPath))
    return file
  })
  const verify = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], {
    encoding: 'utf8',
  })
  expect(verify.stderr).not.toContain('links.')
  expect(verify.status).toBe(0)
})
