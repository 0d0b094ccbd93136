import type { Logger } from '@mooring/core'
import type { BootedApp, Outcome } from '@mooring/core/adapter'
import type { BackgroundWork } from '../background.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Counter, Metrics } from '../metrics.ts'
import { badSetting } from '../settings.ts'

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
  metrics: Metrics,
): Consumers {
  const setting = env['CONSUMERS'] ?? 'on'
  if (setting !== 'on' && setting !== 'off') throw badSetting('CONSUMERS', setting, 'on or off')
  return {
    start({ waitUntil }, { isLeaving, drainSignal }) {
      if (setting === 'off') return
      for (const { name, consume } of resources) {
        if (!consume) continue
        const counters = countersOf(name, metrics)
        const count = (outcome: Outcome['type']) => counters[outcome].add()
        consume({ run: runConsumer, log, signal: drainSignal, isLeaving, waitUntil, count })
      }
    },
  }
}

/** All from the start: a counter that begins with its first event hides that from a rate. */
function countersOf(queue: string, metrics: Metrics): Record<Outcome['type'], Counter> {
  const of = (outcome: Outcome['type']) =>
    metrics.counter('mooring_queue_messages_total', 'Attempts to handle messages of queues.', {
      queue,
      outcome,
    })
  return { done: of('done'), retry: of('retry'), dead: of('dead'), release: of('release') }
}
