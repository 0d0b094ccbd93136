import type { IncomingMessage } from 'node:http'
import {
  type App,
  createLogger,
  type FetchHandler,
  type Logger,
  type SetupContext,
} from '@mooring/core'
import { type Adapter, adopt, assertApp } from '@mooring/core/adapter'
import {
  attachHooks,
  bootApp,
  type Booted,
  createLifecycle,
  createLogWriter,
  describeAndExit,
  describeResources,
  describeRoutesAndExit,
  failStart,
  findByUrl,
  handleSignals,
  type Hooks,
  isDevelopment,
  limitsOf,
  nameOf,
  obeyBootSignals,
  type Phase,
  prepareConsumers,
  prepareSchedules,
  readBudget,
  readForwarding,
  readTrustedProxies,
  readUncaughtPolicy,
  runOnce,
  tendDeadLetters,
  trackBackgroundWork,
} from '@mooring/port-bound'
import { bind, type Bound, readAddress } from './address.ts'
import { answering } from './answering.ts'
import { readConcurrency } from './workers/concurrency.ts'
import { createGuards } from './guards.ts'
import { createHttpServer } from './http-server.ts'
import { readLimits } from './limits.ts'
import { createListener } from './listener.ts'
import { readLoopWatchdog } from './event-loop/loop-watchdog.ts'
import { observe } from './observe.ts'
import { startWorkers } from './parent.ts'
import { createProbes } from './probes.ts'
import { readProxyProtocol } from './proxy/proxy-protocol.ts'
import { connectServiceManager, type ServiceManager } from './service-manager.ts'
import { shareAccepts } from './workers/share-accepts.ts'
import { readTlsFiles } from './tls/tls.ts'
import type { Tls } from './tls/tls-server.ts'
import { createWebSockets } from './web-sockets/web-sockets.ts'
import { thisWorker, type Worker } from './workers/worker.ts'
import type { Served } from './served.ts'

// From the first import on: the program may take its time before it serves.
obeyBootSignals()

/**
 * Binds an app to `$PORT` and serves it until a signal ends the process: config, boot, bind, ready,
 * drain.
 *
 * SIGTERM or SIGINT stops accepting, finishes the requests in flight, awaits background work and
 * exits 0, or 3 when the platform's grace (`SHUTDOWN_BUDGET`) is used up. Bad configuration or an
 * address that cannot be had is told on stderr and exits 78 before anything is bound.
 *
 * @param app what `defineApp` returns, a Hono instance, or any object with `fetch`
 * @param hooks what to do before the port is bound, for readiness, and at the end
 * @example
 * import { serve } from '@mooring/node'
 * import app from './app.ts'
 *
 * await serve(app, {
 *   boot: { migrate: ({ config }) => migrate(config.DATABASE_URL) },
 *   ready: { store: ({ resources }) => resources.store.get('ready') },
 *   close: { traces: () => sdk.shutdown() },
 * })
 */
export async function serve<Setup = SetupContext<{}, {}>>(
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup> = {},
): Promise<Served> {
  try {
    assertApp(app)
    if (process.env['MOORING_DESCRIBE'] === '1') describeAndExit(app)
    const schedule = process.env['MOORING_RUN']
    if (schedule !== undefined)
      return await runOnce('node', app, hooks, { ...process.env }, schedule)
    const letters = process.env['MOORING_DEAD_LETTERS']
    if (letters !== undefined)
      return await tendDeadLetters('node', app, { ...process.env }, letters)
    const worker = thisWorker(process.env)
    // A copy: no handler that writes to c.env may change the process for the others.
    const env = { ...process.env }
    const concurrency = readConcurrency(env, isDevelopment(env))
    const several = worker === undefined && concurrency.workers > 1
    if (several) return await startWorkers(nameOf(app), env, concurrency)
    return await start(app, hooks, env, worker)
  } catch (error) {
    return failStart(error)
  }
}

async function start<Setup>(
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup>,
  env: NodeJS.ProcessEnv,
  worker: Worker | undefined,
): Promise<Served> {
  const name = nameOf(app)
  const development = isDevelopment(env)

  // Config: whatever cannot be is told before anything is begun.
  const address = worker?.address ?? readAddress(env, development)
  const tlsFiles = readTlsFiles(env)
  const tls = tlsFiles && (await import('./tls/tls-server.ts')).prepareTls(tlsFiles)
  const observed = observe(name, env, development, address, tls ? 'https' : 'http')
  const { metrics } = observed
  const write = createLogWriter(name, env, metrics, worker?.id)
  const log = createLogger(write)
  const watchdog = readLoopWatchdog(name, env)
  const budget = readBudget(env)
  const limits = readLimits(env, limitsOf(app))
  const proxies = readTrustedProxies(env)
  const proxyProtocol = readProxyProtocol(env, proxies)
  const forwarding = readForwarding(env, proxies)
  const trusted = proxies.any ? forwarding : undefined
  const guards = createGuards(env, trusted, log, metrics)

  // From here on a signal finds somebody to obey it.
  const lifecycle = createLifecycle(log, budget, metrics, readUncaughtPolicy(env))
  const { drainSignal, isLeaving, phase } = lifecycle
  // A worker has a parent, which tells for all.
  const manager = connectServiceManager(worker ? {} : env, log)
  if (worker) worker.obey(lifecycle, log)
  else handleSignals({ ...lifecycle, reload: () => refuseReload(phase, manager, log) }, log)

  // Boot: the app, then its hooks.
  const background = trackBackgroundWork(log)
  const { executionCtx, waitUntil } = background
  const webSockets = createWebSockets(log, metrics)
  const adapter: Adapter = {
    name: 'node',
    write,
    drainSignal,
    clientAddress: (c) => forwarding.clientOf((c.env as { incoming: IncomingMessage }).incoming),
    waitUntil,
    webSockets: webSockets.adapter,
  }
  adopt(executionCtx, adapter)
  const find = findByUrl(env, development, worker?.of)
  const target = { adapter, env, find }
  const booted = await bootApp(app, target, log)
  const { handler, staticFiles } = booted
  if (env['MOORING_DESCRIBE'] === 'routes') describeRoutesAndExit(handler)
  const schedules = await prepareSchedules(app, booted, target, development, log)
  const consumers = prepareConsumers(booted, env, log, metrics)
  const attached = { ...booted, resources: [...booted.resources, ...schedules.resources] }
  const { checks, boot: runBootHooks, close } = attachHooks(hooks, attached, env, log)
  const admin = worker
    ? undefined
    : await observed.bindAdmin(createProbes(phase, checks, true), log)
  if (observed.hasAdmin) worker?.observe(metrics, checks)
  await runBootHooks()

  // Bind.
  // A probe asks for the address: while one worker makes room the others have it.
  const addressPhase = () => (worker?.makesRoom() ? 'serving' : phase())
  const probes = createProbes(addressPhase, checks, !observed.hasAdmin)
  const answer = {
    handler,
    env,
    executionCtx,
    probes,
    staticFiles,
    guards,
    forwarding: trusted,
    log,
  }
  const listener = observed.listener(createListener(answer))
  const parts = { listener, limits, tls, proxyProtocol, webSockets, isLeaving, log, metrics }
  const { server, connections } = createHttpServer(parts)
  observed.serving(phase, connections, background)
  if (worker) shareAccepts(server, isLeaving)
  const bound = await bind(server, address, development)

  // Ready; at the end, drain.
  lifecycle.serving({
    server: answering(server, connections, bound.close),
    background,
    onLeave: (reason) => manager.stopping(`draining: ${reason}`, budget.graceMs),
    mayClose: worker?.mayClose ?? (async () => {}),
    close,
  })
  schedules.start(background, isLeaving)
  consumers.start(background, lifecycle)
  watchdog.start(log, metrics)
  const url = tls ? bound.url.replace(/^http:/, 'https:') : bound.url
  const listening = { ...describe({ ...bound, url }, booted, admin?.url, tls), shutdown: budget }
  log[worker ? 'debug' : 'info']('listening', listening)
  worker?.ready(listening)
  manager.ready(`listening on ${url}`)
  return { url, port: bound.port }
}

/** What the line says that tells of the start. */
function describe(
  { url, port, host }: Bound,
  booted: Booted<unknown>,
  admin: string | undefined,
  tls: Tls | undefined,
) {
  return {
    url,
    port,
    host,
    ...(admin !== undefined && { admin }),
    ...describeResources(booted),
    ...(tls && { tls: tls.facts }),
  }
}

function refuseReload(phase: () => Phase, manager: ServiceManager, log: Logger): void {
  if (phase() !== 'serving') return
  manager.reloading()
  log.warn('SIGHUP is ignored', { why: 'It restarts workers, and WEB_CONCURRENCY is 1.' })
  manager.ready('SIGHUP is ignored: WEB_CONCURRENCY is 1')
}
