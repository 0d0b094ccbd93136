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
  /** 03:01, or a later one where they took long to start. */
  let minute: string
  beforeAll(async () => {
    servers = await Promise.all([startAt('2026-01-02 03:00:56'), startAt('2026-01-02 03:00:56')])
    const ran = await Promise.any(servers.map(({ event }) => event('schedule sweep ran')))
    minute = ran['scheduledAt'] as string
  }, 180_000)
  afterAll(async () => {
    await killAll()
    rmSync(folder, { recursive: true })
  })

  scheduleSuite(() => ({
    url: servers[0]!.url,
    minute,
    log: () => servers.map(({ stdout }) => stdout()).join('\n'),
  }))

  test('what was due while nothing ran is told', async () => {
    await killAll()
    const next = await startAt('2026-01-02 05:08:10')
    const [first, last] = [Date.parse(minute) + 60_000, Date.parse('2026-01-02T05:07:00.000Z')]
    expect(await next.event('schedule sweep was missed')).toMatchObject({
      level: 'warn',
      runs: (last - first) / 60_000 + 1,
      first: new Date(first).toISOString(),
      last: new Date(last).toISOString(),
    })
  })

  test('for an outside scheduler one runs, and the status tells how it ended', async () => {
    const run = (name: string) =>
      startApp(runtime, 'schedules', { MOORING_RUN: name, SLOW_MS: '1000' }, false)
    const [good, bad, unknown] = await Promise.all(['slow', 'bad', 'swept'].map(run))
    expect(await good!.event('booting')).toMatchObject({ adapter: runtime })
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
