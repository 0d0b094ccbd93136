import { badSetting } from './settings.ts'

/** What an exception that nobody caught does to a process that serves. */
export type UncaughtPolicy = 'continue' | 'exit'

/**
 * `UNCAUGHT_EXCEPTION`. Without it the process goes on, as an isolate does: no handler may end what
 * serves others. With `exit` it finishes what it has and exits 1, as Node's documentation advises.
 *
 * @default continue
 * @throws MOORING_E_SETTING
 */
export function readUncaughtPolicy(env: NodeJS.ProcessEnv): UncaughtPolicy {
  const value = env['UNCAUGHT_EXCEPTION'] ?? 'continue'
  if (value === 'continue' || value === 'exit') return value
  throw badSetting('UNCAUGHT_EXCEPTION', value, 'continue or exit')
}
