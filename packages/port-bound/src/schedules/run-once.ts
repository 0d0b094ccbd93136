import {
  type App,
  createLogger,
  type FetchHandler,
  MooringError,
  type SetupContext,
} from '@mooring/core'
import { type Adapter, isApp } from '@mooring/core/adapter'
import { trackBackgroundWork } from '../background.ts'
import { readBudget } from '../budget.ts'
import { bootApp, nameOf } from '../declared-app.ts'
import { findByUrl, isDevelopment } from '../environment.ts'
import { exitFlushed } from '../exit.ts'
import { exitCodes } from '../exit-codes.ts'
import { attachHooks, type Hooks } from '../hooks.ts'
import { createLogWriter } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { handleSignals } from '../signals.ts'

/**
 * Runs one schedule now, for an outside scheduler, and ends the process with 0, or with 1 where it
 * failed. Nothing is bound, and nothing is claimed: whoever starts it decides that it runs.
 *
 * @param runtime the name of the adapter
 * @throws MOORING_E_SCHEDULE where the app has none of that name, MOORING_E_CONFIG
 */
export async function runOnce<Setup = SetupContext<{}, {}>>(
  runtime: string,
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup>,
  env: NodeJS.ProcessEnv,
  name: string,
): Promise<never> {
  const names = isApp(app) ? Object.keys(app.crons) : []
  if (!names.includes(name)) throw notDeclared(nameOf(app), name, names)
  const write = createLogWriter(nameOf(app), env, createMetrics())
  const log = createLogger(write)
  const budget = readBudget(env)
  const reserveMs = budget.graceMs - budget.deadlineMs
  const draining = new AbortController()
  const cutOff = (reason: string, code: number) => {
    log.error(`schedule ${name} was cut off`, { reason })
    void exitFlushed(code, reserveMs)
  }
  handleSignals(
    {
      isLeaving: () => draining.signal.aborted,
      leave(reason) {
        log.info('draining', { reason })
        draining.abort(new Error(`draining: ${reason}`))
        setTimeout(() => cutOff('the deadline', exitCodes.deadline), budget.deadlineMs)
      },
      force: (reason) => cutOff(reason, exitCodes.interrupted),
      reload: () => log.warn('SIGHUP is ignored', { why: 'There is nothing to restart.' }),
    },
    log,
  )

  const { waitUntil, settled } = trackBackgroundWork(log)
  const clientAddress = () => undefined
  const drainSignal = draining.signal
  const adapter: Adapter = { name: runtime, write, drainSignal, clientAddress, waitUntil }
  const find = findByUrl(env, isDevelopment(env))
  const booted = await bootApp(app, { adapter, env, find }, log)
  const { boot, close } = attachHooks(hooks, booted, env, log)
  await boot()

  const scheduledAt = new Date()
  const startedMs = performance.now()
  let code: number = exitCodes.drained
  const facts = () => ({
    scheduledAt: scheduledAt.toISOString(),
    ms: Math.round(performance.now() - startedMs),
  })
  try {
    await booted.runSchedule(name, scheduledAt)
    log.info(`schedule ${name} ran`, facts())
  } catch (error) {
    code = exitCodes.crashed
    log.error(`schedule ${name} failed`, { ...facts(), error })
  }
  await settled()
  await close(reserveMs / 2)
  await exitFlushed(code, reserveMs / 2)
  return undefined as never
}

function notDeclared(app: string, name: string, names: readonly string[]): MooringError {
  return new MooringError('MOORING_E_SCHEDULE', {
    message: `${app} declares no schedule ${JSON.stringify(name)}.`,
    why: `It declares ${names.length ? names.join(', ') : 'none'}.`,
    fix: 'name one of them, or declare it: schedules: { … } in defineApp.',
  })
}
