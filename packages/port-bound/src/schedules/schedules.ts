import { type App, type FetchHandler, kv, type Logger, MooringError } from '@mooring/core'
import {
  type AttachedResource,
  type BootedApp,
  isApp,
  type Target,
  type UrlAttachment,
} from '@mooring/core/adapter'
import type { BackgroundWork } from '../background.ts'
import { createClaims } from './schedule-claims.ts'
import { startScheduleLoop } from './schedule-loop.ts'
import { checkCron, readTimes } from './schedule-times.ts'
import { badSetting } from '../settings.ts'

/** The schedules of an app, ready to be run. */
export interface Schedules {
  /** What to let go of at the end. */
  readonly resources: readonly AttachedResource[]
  readonly start: (background: BackgroundWork, isLeaving: () => boolean) => void
}

const none: Schedules = { resources: [], start: () => {} }

/**
 * Prepares the schedules of an app: their times, and where it is decided which process runs one.
 * That is the store of the app's first `kv()`, under a name of its own: no key of it shows in the
 * app's.
 *
 * @param target what the app was booted with
 * @throws MOORING_E_SCHEDULE, MOORING_E_SETTING, MOORING_E_UNSUPPORTED where there is no `kv()`
 */
export async function prepareSchedules(
  app: App | FetchHandler,
  { resources, runSchedule }: Pick<BootedApp, 'resources' | 'runSchedule'>,
  { env, find }: Target,
  development: boolean,
  log: Logger,
): Promise<Schedules> {
  const setting = env['SCHEDULES'] ?? 'on'
  if (setting !== 'on' && setting !== 'off') throw badSetting('SCHEDULES', setting, 'on or off')
  const crons = isApp(app) ? Object.entries(app.crons) : []
  // A mistake in one is told also where another process runs it.
  for (const [name, cron] of crons) checkCron(name, cron)
  if (!isApp(app) || crons.length === 0 || setting === 'off') return none

  const store = resources.find(({ kind, target }) => kind === 'kv' && target !== undefined)
  const found = store && find(app.name, store.name, kv())
  if (!found || !('at' in found)) throw noStore(app.name)
  const at = found.at as UrlAttachment
  const { handle, close } = await at.openKv({ ...at, resource: `${at.resource}:schedules` })
  if (at.url.protocol === 'memory:' && !development) {
    const why = `${at.variable} is memory:, which no other process sees.`
    log.warn('schedules run in every process', { why })
  }
  return {
    resources: [
      {
        name: 'schedules',
        kind: 'kv',
        target: found.target,
        embedded: false,
        ...(close && { close }),
      },
    ],
    start({ waitUntil }, isLeaving) {
      async function begin(): Promise<void> {
        for (const [name, cron] of crons) {
          const times = await readTimes(cron)
          const run = (scheduledAt: Date) => runSchedule(name, scheduledAt)
          const claims = createClaims(handle, name, cron)
          startScheduleLoop({ name, times, claims, run, log, waitUntil, isLeaving })
        }
      }
      // Who waits for the start is answered before.
      setTimeout(() => waitUntil(begin(), 'schedules'))
    },
  }
}

function noStore(name: string): MooringError {
  return new MooringError('MOORING_E_UNSUPPORTED', {
    message: `${name} declares schedules and no kv() that is attached.`,
    why: 'A port-bound app runs in many processes: a store tells which of them runs a schedule.',
    fix: 'declare a kv(), or set SCHEDULES=off and let an outside scheduler run them: mooring run <name>.',
  })
}
