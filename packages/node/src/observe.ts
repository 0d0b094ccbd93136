import type { Logger } from '@mooring/core'
import { type BackgroundWork, createMetrics, type Metrics, type Phase } from '@mooring/port-bound'
import { type Address, bind, type Bound, readAdminAddress } from './address.ts'
import { createAdminServer } from './admin.ts'
import type { Connections } from './connections.ts'
import { measureRequests, type RequestMeasure } from './metrics/http-metrics.ts'
import { formatMetrics } from './metrics/metrics-text.ts'
import type { Probes } from './probes.ts'
import { measureProcess } from './metrics/process-metrics.ts'
import { measureServing } from './metrics/serving-metrics.ts'

/** What the process tells of itself. Nothing is measured unless `ADMIN_PORT` asks for it. */
export interface Observed {
  readonly metrics: Metrics
  /** Whether `ADMIN_PORT` is set. */
  readonly hasAdmin: boolean
  /** The listener, measured where that was asked for, else as it is. */
  readonly listener: RequestMeasure['listener']
  /** Measures what the process has in hand. */
  readonly serving: (
    phase: () => Phase,
    connections: Connections,
    background: BackgroundWork,
  ) => void
  /** Binds `ADMIN_PORT`, where it is set. */
  readonly bindAdmin: (probes: Probes, log: Logger) => Promise<Bound | undefined>
}

/**
 * @param main the address of the app
 * @param scheme what the app is asked over
 * @throws MOORING_E_PORT, MOORING_E_HOST, MOORING_E_SETTING
 */
export function observe(
  app: string,
  env: NodeJS.ProcessEnv,
  development: boolean,
  main: Address,
  scheme: 'http' | 'https',
): Observed {
  const address = readAdminAddress(env, development, main)
  const metrics = createMetrics()
  const requests = address && measureRequests(metrics, scheme, env)
  if (address) measureProcess(metrics, app)
  return {
    metrics,
    hasAdmin: address !== undefined,
    listener: (listener) => requests?.listener(listener) ?? listener,
    serving(phase, connections, background) {
      requests?.active(connections)
      measureServing(metrics, phase, connections, background)
    },
    async bindAdmin(probes, log) {
      if (!address) return undefined
      const text = async () => formatMetrics(await metrics.read())
      return bind(createAdminServer(probes, text, log), address, development)
    },
  }
}
