import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { scheduleSuite } from '../../core/test/schedules/suite.ts'
import { hasFaketime, startedAt } from './faketime.ts'
import { hasRedis, type RedisServer, startRedis } from './kv-redis-server.ts'
import {
  type Environment,
  killAll,
  launch,
  type Program,
  type Server,
  startServer,
} from './process.ts'

/** Starts the fixture with a clock of its own, which then goes on as clocks do. */
const start = (at: string, env: Environment): Promise<Server> =>
  startServer('schedules.ts', { ...startedAt(at), ...env })

const count = (programs: readonly Program[], message: string) =>
  programs.flatMap(({ events }) => events()).filter((event) => event['message'] === message).length

describe.runIf(hasFaketime)('schedules, port-bound', () => {
  describe.runIf(hasRedis())('in three processes that share a Redis', () => {
    let redis: RedisServer
    let servers: readonly Server[]
    beforeAll(async () => {
      redis = await startRedis()
      const env = { STORE_URL: `redis://127.0.0.1:${redis.port}` }
      servers = await Promise.all([
        start('2026-01-02 03:00:54', { ...env, WEB_CONCURRENCY: '2' }),
        start('2026-01-02 03:00:55', env),
      ])
      await Promise.any(servers.map(({ event }) => event('schedule sweep ran')))
    })
    afterAll(async () => {
      await killAll()
      await redis.remove()
    })

    scheduleSuite(() => ({
      url: servers[0]!.url,
      minute: '2026-01-02T03:01:00.000Z',
      log: () => servers.map(({ stdout }) => stdout()).join('\n'),
    }))

    test('what they decide by is not in the app’s own keys', async () => {
      const keys = await redis.command('KEYS', 'mooring:{schedules:store%3Aschedules}*')
      expect(keys).toContain('sweep/at/2026-01-02T03:01:00.000Z')
    })
  })

  describe('over restarts', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'schedules-'))
    const env = { STORE_URL: `file:${path.join(folder, 'store.sqlite')}`, SLOW_MS: '1500' }
    afterEach(killAll)
    afterAll(() => rmSync(folder, { recursive: true }))

    test('the end awaits one that runs, and tells it', async () => {
      const server = await start('2026-01-02 03:01:58', env)
      await server.event('slow began')
      server.child.kill('SIGTERM')
      expect(await server.exited).toBe(0)
      expect(await server.event('slow ended')).toMatchObject({ told: true })
      expect(await server.event('schedule slow ran')).toMatchObject({
        scheduledAt: '2026-01-02T03:02:00.000Z',
      })
    })

    test('a run that a restart held up begins later, once', async () => {
      const both = [
        await start('2026-01-02 03:04:20', env),
        await start('2026-01-02 03:04:20', env),
      ]
      await expect.poll(() => count(both, 'schedule slow ran')).toBe(1)
      expect(count(both, 'slow began')).toBe(1)
      // 03:03 is too late for sweep: 03:04 is there.
      await expect.poll(() => count(both, 'schedule sweep was missed')).toBe(1)
    })

    test('what was due while nothing ran is told, and a run that did not end', async () => {
      const first = await start('2026-01-02 03:06:10', { ...env, SLOW_MS: '60000' })
      await first.event('slow began')
      await first.event('schedule sweep ran')
      await killAll()
      const next = await start('2026-01-02 05:08:10', env)
      expect(await next.event('schedule sweep was missed')).toMatchObject({
        level: 'warn',
        runs: 121,
        first: '2026-01-02T03:07:00.000Z',
        last: '2026-01-02T05:07:00.000Z',
      })
      expect(await next.event('schedule slow has not ended its run before')).toMatchObject({
        scheduledAt: '2026-01-02T03:06:00.000Z',
      })
    })

    test('a clock that was ahead, and is set right, holds nothing up, and no minute runs twice', async () => {
      const other = { ...env, STORE_URL: `file:${path.join(folder, 'clock.sqlite')}` }
      const ahead = await start('2027-01-02 03:00:57', other)
      await ahead.event('schedule sweep ran')
      await killAll()
      const right = await start('2026-01-02 03:00:57', other)
      expect(await right.event('schedule sweep: the clock was set back')).toMatchObject({
        level: 'warn',
        last: '2027-01-02T03:01:00.000Z',
      })
      await right.event('schedule sweep ran')
      const runs = () => right.events().filter(({ message }) => message === 'schedule sweep ran')
      // The minute of the start is nobody's yet, so it runs too.
      await expect.poll(() => runs().at(-1)?.['scheduledAt']).toBe('2026-01-02T03:01:00.000Z')
      const minutes = runs().map((run) => run['scheduledAt'])
      expect(new Set(minutes).size).toBe(minutes.length)
    })

    test('what is too late to begin is only told', async () => {
      const program = await start('2026-12-31 00:06:00', env)
      await program.event('schedule sweep ran')
      await killAll()
      // yearly was declared before, and was due at midnight.
      expect(await program.event('schedule yearly was missed')).toMatchObject({
        runs: 1,
        first: '2026-12-31T00:00:00.000Z',
      })
      expect(count([program], 'schedule yearly ran')).toBe(0)
    })
  })
})

describe('schedules that cannot be', () => {
  afterEach(killAll)

  test.each([
    [{ STORE_URL: 'memory:', CRON: '0 9 * * 1' }, 'MOORING_E_SCHEDULE: The schedule sweep has the'],
    [{ STORE_URL: 'memory:', CRON: '0 9 31 2 *' }, 'It is never due: the month 2 has no day 31.'],
    [{}, 'MOORING_E_UNSUPPORTED: bad declares schedules and no kv() that is attached.'],
    [{ SCHEDULES: 'no' }, 'MOORING_E_SETTING: SCHEDULES is "no".'],
  ])('%j ends the start', async (env: Environment, text) => {
    const program = launch('bad-schedules.ts', { PORT: '0', ...env })
    expect(await program.exited).toBe(78)
    expect(program.stderr()).toContain(text)
  })
})

describe('for an outside scheduler', () => {
  afterEach(killAll)
  const run = (name: string, env: Environment = {}) =>
    launch('schedules.ts', { STORE_URL: 'memory:', MOORING_RUN: name, ...env })

  test('one runs, and the status tells how it ended', async () => {
    const programs = [run('slow'), run('bad'), run('swept')]
    const [good, bad, unknown] = programs
    expect(await Promise.all(programs.map(({ exited }) => exited))).toEqual([0, 1, 78])
    expect(await good!.event('schedule slow ran')).toMatchObject({ level: 'info' })
    expect(await bad!.event('schedule bad failed')).toMatchObject({ level: 'error' })
    expect(unknown!.stderr()).toContain(
      'MOORING_E_SCHEDULE: schedules declares no schedule "swept"',
    )
    expect(unknown!.stderr()).toContain('It declares sweep, bad, slow, yearly.')
  })

  test('a signal tells it, and it may end', async () => {
    const program = run('slow', { SLOW_MS: '500' })
    await program.event('slow began')
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(0)
    expect(await program.event('slow ended')).toMatchObject({ told: true })
  })

  test('one that takes longer than the grace is cut off', async () => {
    const program = run('slow', { SLOW_MS: '60000', SHUTDOWN_BUDGET: '1s' })
    await program.event('slow began')
    program.child.kill('SIGTERM')
    expect(await program.exited).toBe(3)
  })

  test('with SCHEDULES=off the process itself runs none, and needs no store for it', async () => {
    const program = launch('bad-schedules.ts', { PORT: '0', SCHEDULES: 'off' })
    await program.event('listening')
  })
})
