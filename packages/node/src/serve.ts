import { createServer, type IncomingMessage } from 'node:http'
import {
  type App,
  createLogger,
  type FetchHandler,
  MooringError,
  type SetupContext,
} from '@mooring/core'
import { adopt, assertApp, type BootedApp, isApp } from '@mooring/core/adapter'
import type { Context } from 'hono'
import { bind, readAddress } from './address.ts'
import { trackBackgroundWork } from './background.ts'
import { readBudget } from './budget.ts'
import { readConcurrency } from './concurrency.ts'
import { tellDropped, trackConnections } from './connections.ts'
import { findByUrl, isDevelopment } from './environment.ts'
import { readForwarding } from './forwarding.ts'
import { createGuards } from './guards.ts'
import { attachHooks, type Hooks } from './hooks.ts'
import { createLifecycle } from './lifecycle.ts'
import { readLimits } from './limits.ts'
import { createListener } from './listener.ts'
import { createLogWriter } from './log.ts'
import { readLoopWatchdog } from './loop-watchdog.ts'
import { observe } from './observe.ts'
import { startWorkers } from './parent.ts'
import { createProbes } from './probes.ts'
import { expectProxyHeaders, readProxyProtocol } from './proxy-protocol.ts'
import { createReplyClass } from './reply.ts'
import { createRequestClass } from './request-body.ts'
import { connectServiceManager } from './service-manager.ts'
import { shareAccepts } from './share-accepts.ts'
import { handleSignals } from './signals.ts'
import { failStart } from './start-failure.ts'
import { readStaticFiles, staticFolder } from './static-files.ts'
import { startSweeper } from './sweeper.ts'
import { readTlsFiles } from './tls.ts'
import { readTrustedProxies } from './trusted-proxies.ts'
import { createWebSockets } from './web-sockets.ts'
import { thisWorker, type Worker } from './worker.ts'

/** What {@link serve} bound. */
export interface Served {
  /** Where a person reaches it, such as `http://localhost:8080` or `unix:/run/app.sock`. */
  readonly url: string
  /** `undefined` on a Unix socket. */
  readonly port: number | undefined
}

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
  const address = worker?.address ?? readAddress(env, development)
  const tlsFiles = readTlsFiles(env)
  const tls = tlsFiles && (await import('./tls-server.ts')).prepareTls(tlsFiles)
  const observed = observe(name, env, development, address, tls ? 'https' : 'http')
  const { metrics } = observed
  const write = createLogWriter(name, env, metrics, worker?.id)
  const log = createLogger(write)
  const watchdog = readLoopWatchdog(name, env)
  const budget = readBudget(env)
  const limits = readLimits(env)
  const lifecycle = createLifecycle(log, budget, metrics)
  // A worker has a parent, which tells for all.
  const manager = connectServiceManager(worker ? {} : env, log)
  const reload = () => {
    if (lifecycle.phase() !== 'serving') return
    manager.reloading()
    log.warn('SIGHUP is ignored', { why: 'It restarts workers, and WEB_CONCURRENCY is 1.' })
    manager.ready('SIGHUP is ignored: WEB_CONCURRENCY is 1')
  }
  if (worker) worker.obey(lifecycle, log)
  else handleSignals({ ...lifecycle, reload }, log)
  const background = trackBackgroundWork(log)
  const { executionCtx } = background
  const proxies = readTrustedProxies(env)
  const proxyProtocol = readProxyProtocol(env, proxies)
  const forwarding = readForwarding(env, proxies)
  const clientAddress = (c: Context) =>
    forwarding.clientOf((c.env as { incoming: IncomingMessage }).incoming)
  const trusted = proxies.any ? forwarding : undefined
  const guards = createGuards(env, trusted, log, metrics)
  const { drainSignal, isLeaving } = lifecycle
  const { waitUntil } = background
  const { adapter: webSockets, shouldUpgrade, attach } = createWebSockets(log, metrics)
  const adapter = { name: 'node', write, drainSignal, clientAddress, waitUntil, webSockets }
  adopt(executionCtx, adapter)

  const booted = isApp(app)
    ? await boot(app, { adapter, env, find: findByUrl(env, development, worker?.of) })
    : { handler: app, resources: [], context: { config: {}, resources: {}, log } as Setup }
  const folder = isApp(app) ? staticFolder(app) : undefined
  const staticFiles = folder === undefined ? undefined : await readStaticFiles(folder)

  const { checks, boot: runBootHooks, close } = attachHooks(hooks, booted, env, log)
  const probes = createProbes(lifecycle.phase, checks, !observed.hasAdmin)
  const admin = worker
    ? undefined
    : await observed.bindAdmin(createProbes(lifecycle.phase, checks, true), log)
  if (observed.hasAdmin) worker?.observe(metrics, checks)
  await runBootHooks()
  const { handler, resources } = booted
  const RequestClass = createRequestClass(limits.bodyLimitBytes)
  const ReplyClass = createReplyClass(isLeaving, log)
  const listener = observed.listener(
    createListener({
      handler,
      env,
      executionCtx,
      probes,
      staticFiles,
      guards,
      forwarding: trusted,
      log,
    }),
  )
  const server = createServer(
    {
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      // Bodies are watched for stalling instead: a slow upload that moves may take its time.
      requestTimeout: 0,
      connectionsCheckingInterval: 1_000,
      IncomingMessage: RequestClass,
      ServerResponse: ReplyClass,
      shouldUpgradeCallback: shouldUpgrade,
    },
    listener,
  )
  tls?.layUnder(server, { connections: () => connections, limits, isLeaving, log })
  if (proxyProtocol) {
    expectProxyHeaders(server, {
      versions: proxyProtocol,
      proxies,
      timeoutMs: limits.headersTimeoutMs,
      log,
      metrics,
    })
  }
  server.maxConnections = limits.maxConnections
  // All of them are seen, and too many are refused.
  server.maxHeadersCount = 0
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  const connections = trackConnections(server)
  startSweeper(connections, limits, log, metrics)
  attach({ server, RequestClass, ReplyClass, listener, connections, limits })
  tellDropped(server, log, metrics)
  observed.serving(lifecycle.phase, connections, background)
  if (worker) shareAccepts(server)
  const bound = await bind(server, address, development)
  lifecycle.serving({
    server,
    connections,
    background,
    onLeave: (reason) => manager.stopping(`draining: ${reason}`, budget.graceMs),
    mayClose: worker?.mayClose ?? (async () => {}),
    stopAccepting: bound.close,
    close,
  })

  watchdog.start(log, metrics)
  const { port, host } = bound
  const url = tls ? bound.url.replace(/^http:/, 'https:') : bound.url
  const listening = {
    url,
    port,
    host,
    ...(admin && { admin: admin.url }),
    resources: resources.map(({ name: of, kind, target, embedded }) => ({
      name: of,
      kind,
      target: target ?? 'not attached',
      embedded,
    })),
    ...(folder !== undefined && { static: folder }),
    ...(tls && { tls: tls.facts }),
    shutdown: budget,
  }
  log[worker ? 'debug' : 'info']('listening', listening)
  worker?.ready(listening)
  manager.ready(`listening on ${url}`)
  return { url, port }
}

function nameOf(app: App<FetchHandler, any> | FetchHandler): string {
  return isApp(app) ? app.name : 'app'
}

/** Boots what `defineApp` made; what runs only where a runtime calls it is refused. */
function boot<Setup>(
  app: App<FetchHandler, Setup>,
  target: Parameters<App['boot']>[0],
): Promise<BootedApp<FetchHandler, Setup>> {
  if (app.crons.length === 0) return app.boot(target)
  throw new MooringError('MOORING_E_UNSUPPORTED', {
    message: `${app.name} declares schedules (${app.crons.join('; ')}).`,
    why: 'A port-bound app runs in many processes, and nothing here makes one of them the one.',
    fix: 'run them on Workers, or from an outside scheduler that sends a request.',
  })
}

/** What tools need to know of an app without starting it, as one JSON line. */
function describeAndExit(app: App | FetchHandler): never {
  const { name, crons } = isApp(app) ? app : { name: 'app', crons: [] }
  const folder = isApp(app) ? staticFolder(app) : undefined
  process.stdout.write(`${JSON.stringify({ name, static: folder ?? null, crons })}\n`)
  process.exit(0)
}
