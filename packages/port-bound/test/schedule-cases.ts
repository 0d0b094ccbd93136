import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scheduleSuite } from '../../core/test/schedules/suite.ts'
import { hasFaketime, startedAt } from '../../node/test/faketime.ts'
import { killAll } from '../../node/test/process.ts'
import { type RuntimeName, type Running, startApp } from './launch.ts'

/** Schedules in two processes that share a store in a file, and for an outside scheduler. */
export function scheduleCases(runtime: RuntimeName): void {
  if (!hasFaketime) return
  const folder = mkdtempSync(path.join(tmpdir(), 'schedules-'))
  const STORE_URL = `file:${path.join(folder, 'store.sqlite')}`
  const startAt = (time: string) =>
    startApp(runtime, 'schedules', { ...startedAt(time), STORE_URL })
  let servers: readonly Running[]
  beforeAll(async () => {
    servers = await Promise.all([startAt('2026-01-02 03:00:56'), startAt('2026-01-02 03:00:56')])
    await Promise.any(servers.map(({ event }) => event('schedule sweep ran')))
  })
  afterAll(async () => {
    await killAll()
    rmSync(folder, { recursive: true })
  })

  scheduleSuite(() => ({
    url: servers[0]!.url,
    minute: '2026-01-02T03:01:00.000Z',
    log: () => servers.map(({ stdout }) => stdout()).join('\n'),
  }))

  test('what was due while nothing ran is told', async () => {
    await killAll()
    const next = await startAt('2026-01-02 05:08:10')
    expect(await next.event('schedule sweep was missed')).toMatchObject({
      level: 'warn',
      runs: 126,
      first: '2026-01-02T03:02:00.000Z',
      last: '2026-01-02T05:07:00.000Z',
    })
  })

  test('for an outside scheduler one runs, and the status tells how it ended', async () => {
    const run = (name: string) =>
      startApp(runtime, 'schedules', { MOORING_RUN: name, SLOW_MS: '300' }, false)
    const [good, bad, unknown] = await Promise.all(['slow', 'bad', 'swept'].map(run))
    await good!.event('slow began')
    good!.kill('SIGTERM')
    expect(await good!.exited).toBe(0)
    expect(await good!.event('slow ended')).toMatchObject({ told: true })
    expect(await bad!.exited).toBe(1)
    expect(await bad!.event('schedule bad failed')).toMatchObject({ level: 'error' })
    expect(await unknown!.exited).toBe(78)
    expect(unknown!.stderr()).toContain('It declares sweep, bad, slow, yearly.')
  })
}
