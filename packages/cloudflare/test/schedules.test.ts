import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness } from 'wrangler'
import { scheduleSuite } from '../../core/test/schedules/suite.ts'
import { logOf } from './log-of.ts'

const root = fileURLToPath(new URL('fixtures', import.meta.url))

describe('schedules, by cron triggers on workerd', () => {
  const scheduledTime = new Date('2026-01-02T03:01:00Z')
  let server: TestHarness
  let url: string
  const trigger = (cron: string, at = scheduledTime) =>
    server.getWorker('schedules').scheduled({ cron, scheduledTime: at })

  beforeAll(async () => {
    const config = {
      name: 'schedules',
      main: 'schedules/worker.ts',
      compatibility_date: '2026-11-01',
      kv_namespaces: [{ binding: 'STORE', id: 'schedules' }],
      triggers: { crons: ['* * * * *', '*/2 * * * *', '0 0 31 DEC *'] },
    }
    server = createTestHarness({ root, workers: [{ config }] })
    url = (await server.listen()).url.origin
  })
  afterAll(() => server.close())

  const log = () => logOf(server)

  test('a failed run fails its event', async () => {
    expect(await trigger('* * * * *')).toMatchObject({ outcome: 'exception' })
    expect(await trigger('*/2 * * * *')).toMatchObject({ outcome: 'ok' })
  })

  scheduleSuite(() => ({ url, minute: scheduledTime.toISOString(), log }))

  // Port-bound neither is so: the tests of packages/node show it.
  test('D-76: what is fired twice runs twice, and nobody is told of what was not fired', async () => {
    const runsOf = async (minute: Date) => {
      const keys = (await (await fetch(`${url}/keys`)).json()) as string[]
      return keys.filter((key) => key.startsWith(`sweep/${minute.toISOString()}/`)).length
    }
    const later = new Date('2026-01-02T05:08:00Z')
    await trigger('* * * * *', later)
    await trigger('* * * * *', later)
    expect(await runsOf(later)).toBe(2)
    expect(log()).not.toContain('missed')
  })

  test('a trigger that no schedule has is an error', async () => {
    expect(await trigger('5 * * * *')).toMatchObject({ outcome: 'exception' })
    await expect.poll(log).toContain('a cron trigger has no schedule')
  })
})
