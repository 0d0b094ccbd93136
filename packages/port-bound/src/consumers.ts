import type { Logger } from '@mooring/core'
import type { BootedApp } from '@mooring/core/adapter'
import type { BackgroundWork } from './background.ts'
import type { Lifecycle } from './lifecycle.ts'
import { badSetting } from './settings.ts'

/** The consumers of an app's queues, ready to begin. */
export interface Consumers {
  readonly start: (
    background: BackgroundWork,
    lifecycle: Pick<Lifecycle, 'isLeaving' | 'drainSignal'>,
  ) => void
}

/** @throws MOORING_E_SETTING */
export function prepareConsumers(
  { resources, runConsumer }: Pick<BootedApp, 'resources' | 'runConsumer'>,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Consumers {
  const setting = env['CONSUMERS'] ?? 'on'
  if (setting !== 'on' && setting !== 'off') throw badSetting('CONSUMERS', setting, 'on or off')
  return {
    start({ waitUntil }, { isLeaving, drainSignal }) {
      if (setting === 'off') return
      for (const { consume } of resources) {
        consume?.({ run: runConsumer, log, signal: drainSignal, isLeaving, waitUntil })
      }
    },
  }
}
