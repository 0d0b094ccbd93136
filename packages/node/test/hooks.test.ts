import { afterEach, describe, expect, test } from 'vitest'
import { freePort, hasRedis, startRedis } from './kv-redis-server.ts'
import { adminUrl } from './metrics.ts'
import { killAll, launch, startServer } from './process.ts'

afterEach(killAll)

const env = { PORT: '0', STORE_URL: 'memory:' }

/** The messages of a program's log, in order. */
const messages = ({ events }: { events: () => readonly Record<string, any>[] }) =>
  events().map(({ message }) => message as string)

describe('boot hooks', () => {
  test('run in order, before the port is bound, with what setup got', async () => {
    const server = await startServer('hooks.ts', { WORD: 'moor' })
    expect(messages(server)).toEqual(['first', 'second', 'listening'])
    expect(await server.event('second')).toMatchObject({ word: 'moor' })
  })

  test('one that throws ends the start: named, with its stack, status 1', async () => {
    const program = launch('hooks.ts', { ...env, BOOT: 'throw' })
    expect(await program.exited).toBe(1)
    expect(program.stderr()).toMatch(
      /^MOORING_E_BOOT: The boot hook second failed: no such table\nError: no such table\n\s+at .*hooks\.ts/,
    )
    expect(messages(program)).not.toContain('listening')
  })

  test('a mistake that can be mended keeps its code, status 78', async () => {
    const program = launch('hooks.ts', { ...env, BOOT: 'mistake' })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toBe(
      'MOORING_E_CONFIG: The boot hook second failed: WORD is rude.\n  Fix: be polite.\n',
    )
  })

  test('one that takes longer than BOOT_TIMEOUT is given up', async () => {
    const program = launch('hooks.ts', { ...env, BOOT: 'hang', BOOT_TIMEOUT: '200ms' })
    expect(await program.exited).toBe(1)
    expect(program.stderr()).toMatch(/^MOORING_E_BOOT: The boot hook second failed: not done in /)
    expect(messages(program)).toContain('the second was given up')
  })

  test('meanwhile ADMIN_PORT says alive and not ready, and a signal ends it with 0', async () => {
    const ADMIN_PORT = String(await freePort())
    const program = launch('hooks.ts', { ...env, BOOT: 'wait', ADMIN_PORT })
    await program.event('second')
    const [live, ready] = await Promise.all(
      ['livez', 'readyz'].map((path) => fetch(`http://127.0.0.1:${ADMIN_PORT}/${path}`)),
    )
    expect([live!.status, await live!.json()]).toEqual([200, { status: 'pass', phase: 'boot' }])
    expect([ready!.status, await ready!.json()]).toEqual([503, { status: 'fail', phase: 'boot' }])
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
  })
})

describe('ready checks', () => {
  test.each(['throw', 'false', 'hang'])(
    'one that does %s makes it 503, until it passes',
    async (how) => {
      const server = await startServer('hooks.ts', { CHECK_TIMEOUT: '300ms' })
      const ready = () => fetch(`${server.url}/readyz`)
      const first = await ready()
      expect([first.status, await first.json()]).toEqual([
        200,
        {
          status: 'pass',
          phase: 'serving',
          checks: { dependency: { status: 'pass', ms: expect.any(Number) } },
        },
      ])
      await fetch(`${server.url}/check/${how}`)
      await expect.poll(async () => (await ready()).status, { timeout: 10_000 }).toBe(503)
      expect(await (await ready()).json()).toMatchObject({
        status: 'fail',
        checks: { dependency: { status: 'fail' } },
      })
      expect((await fetch(`${server.url}/livez`)).status).toBe(200)
      expect(await server.event('a check failed')).toMatchObject({
        check: 'dependency',
        required: true,
        error: {
          message: expect.stringMatching(/no connection|returned false|not done in 300 ms/),
        },
      })
      await fetch(`${server.url}/check/pass`)
      await expect.poll(async () => (await ready()).status, { timeout: 10_000 }).toBe(200)
      await server.event('a check passes again')
      expect(messages(server).filter((message) => message === 'a check failed')).toHaveLength(1)
    },
  )

  test('a hundred probes at once ask once', async () => {
    const server = await startServer('hooks.ts')
    await Promise.all(Array.from({ length: 100 }, () => fetch(`${server.url}/readyz`)))
    const asked = Number(await (await fetch(`${server.url}/asked`)).text())
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(20)
  })

  test('with ADMIN_PORT the main port does not list them', async () => {
    const server = await startServer('hooks.ts', { ADMIN_PORT: '0' })
    const main = await fetch(`${server.url}/readyz`)
    expect(await main.json()).toEqual({ status: 'pass', phase: 'serving' })
    const admin = await fetch(`${await adminUrl(server)}/readyz`)
    expect(await admin.json()).toMatchObject({ checks: { dependency: { status: 'pass' } } })
  })

  test.runIf(hasRedis())('a store that is down warns, and leaves the process ready', async () => {
    const redis = await startRedis()
    try {
      const STORE_URL = `redis://127.0.0.1:${redis.port}`
      const server = await startServer('hooks.ts', { STORE_URL, READY: 'none' })
      const store = async () => {
        const response = await fetch(`${server.url}/readyz`)
        const { checks } = (await response.json()) as { checks: Record<string, object> }
        return [response.status, checks['store']]
      }
      await expect.poll(store).toEqual([200, { status: 'pass', ms: expect.any(Number) }])
      await redis.signal('SIGKILL')
      await expect
        .poll(store, { timeout: 20_000 })
        .toEqual([200, { status: 'warn', ms: expect.any(Number) }])
      await server.event('a check failed')
    } finally {
      await redis.remove()
    }
  })
})

describe('close hooks', () => {
  test('run in reverse order when everything is drained, and before the resources go', async () => {
    const server = await startServer('hooks.ts')
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(messages(server).slice(-4)).toEqual([
      'draining',
      'closed third',
      'closed first',
      'drained',
    ])
    expect(await server.event('closed first')).toMatchObject({ word: 'hello' })
  })

  test('one that throws is logged, and the others run', async () => {
    const server = await startServer('hooks.ts', { CLOSE: 'throw' })
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(await server.event('a close hook failed')).toMatchObject({
      hook: 'second',
      error: { message: 'will not close' },
    })
    await server.event('closed first')
  })

  test('one that hangs leaves the others their share, and the exit is in time', async () => {
    const server = await startServer('hooks.ts', { CLOSE: 'hang', SHUTDOWN_BUDGET: '4s' })
    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(await server.event('a close hook failed')).toMatchObject({
      hook: 'third',
      error: { message: expect.stringMatching(/^not done in \d+ ms$/) },
    })
    await server.event('the third was given up')
    await server.event('closed first')
  })
})

test.each(['BOOT_TIMEOUT', 'CHECK_TIMEOUT'])('%s without a unit is refused', async (name) => {
  const program = launch('hooks.ts', { ...env, [name]: '10' })
  expect(await program.exited).toBe(78)
  expect(program.stderr()).toContain(`MOORING_E_SETTING: ${name} is "10".`)
})
