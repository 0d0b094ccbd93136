import { createLogger } from '@mooring/core'
import { createLogWriter, createMetrics, isDevelopment, readBudget } from '@mooring/port-bound'
import { bind, readAddress, readAdminAddress } from './address.ts'
import { createAdminServer } from './admin.ts'
import type { Concurrency } from './workers/concurrency.ts'
import { holdSocket } from './held-socket.ts'
import { createProbes } from './probes.ts'
import type { Served } from './served.ts'
import { connectServiceManager } from './service-manager.ts'
import { collectChecks, collectMetrics } from './workers/worker-metrics.ts'
import { createWorkers } from './workers/workers.ts'

/**
 * Binds, and leaves everything else to workers: in this process nothing of the app runs but the
 * modules that it is made of.
 *
 * @throws as reading the settings and binding do
 */
export async function startWorkers(
  app: string,
  env: NodeJS.ProcessEnv,
  concurrency: Concurrency,
): Promise<Served> {
  const development = isDevelopment(env)
  const address = readAddress(env, development)
  const adminAddress = readAdminAddress(env, development, address)
  const metrics = createMetrics()
  const log = createLogger(createLogWriter(app, env, metrics))
  const budget = readBudget(env)
  const socket = await holdSocket(address, development)
  const collected = adminAddress && collectMetrics(app, metrics, () => workers.all())
  const workers = createWorkers({
    concurrency,
    socket,
    env,
    budget,
    log,
    manager: connectServiceManager(env, log),
    onExit: (worker) => collected?.ended(worker),
  })
  if (!collected) return workers.start({})
  const probes = createProbes(
    workers.phase,
    collectChecks(() => workers.all()),
    true,
  )
  const admin = await bind(
    createAdminServer(probes, collected.text, log),
    adminAddress,
    development,
  )
  return workers.start({ admin: admin.url })
}
