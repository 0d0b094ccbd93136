import { lookup } from 'node:dns/promises'
import {
  type App,
  createLogger,
  type FetchHandler,
  type Logger,
  MooringError,
  type SetupContext,
  type RequestLimits,
} from '@mooring/core'
import { type Adapter, adopt, assertApp } from '@mooring/core/adapter'
import type { Context } from 'hono'
import { trackBackgroundWork } from '../background.ts'
import { readBudget } from '../budget.ts'
import { prepareConsumers } from '../queues/consumers.ts'
import { tendDeadLetters } from '../queues/dead-letters.ts'
import {
  bootApp,
  describeAndExit,
  describeResources,
  describeRoutesAndExit,
  limitsOf,
  nameOf,
} from '../declared-app.ts'
import { findByUrl, isDevelopment } from '../environment.ts'
import { readBodyLimit } from '../body-limit.ts'
import { setDecodedCodings } from '../decoded-body.ts'
import { createFetchAnswer } from './fetch-answer.ts'
import { answeringFetch } from './fetch-answering.ts'
import { type FetchExchange, trackFetchExchanges } from './fetch-exchange.ts'
import { createFetchProbes } from './fetch-probes.ts'
import { forwardedFields } from './fetch-request.ts'
import type { FetchLimits, FetchRuntime } from './fetch-runtime.ts'
import { createFetchWebSockets } from './fetch-web-sockets.ts'
import { readForwarding } from '../forwarding.ts'
import { attachHooks, type Hooks } from '../hooks.ts'
import { readAllowedHosts } from '../host.ts'
import { createLifecycle } from '../lifecycle.ts'
import { createLogWriter } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { describeBound, readPortAddress, takePort } from '../port-address.ts'
import { runOnce } from '../schedules/run-once.ts'
import { createOutgoingFetch } from '../outgoing-fetch.ts'
import { prepareSchedules } from '../schedules/schedules.ts'
import { readDuration } from '../settings.ts'
import { handleSignals } from '../signals.ts'
import { useStandardRequest } from '../standard-request.ts'
import { useStandardResponse } from '../standard-response.ts'
import { failStart } from '../start-failure.ts'
import { readTrustedProxies } from '../trusted-proxies.ts'
import { readUncaughtPolicy } from '../uncaught.ts'

/** What `serve` bound. */
export interface ServedPort {
  /** Where a person reaches it, such as `http://localhost:8080`. */
  readonly url: string
  readonly port: number
}

/**
 * Binds an app to `$PORT` with the server of a runtime that calls `fetch`: config, boot, bind, ready,
 * drain. What cannot be is told on stderr, and exits 78 before anything is bound.
 */
export async function serveFetch<Setup = SetupContext<{}, {}>>(
  runtime: FetchRuntime,
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup>,
): Promise<ServedPort> {
  try {
    assertApp(app)
    useStandardResponse()
    useStandardRequest()
    setDecodedCodings((coding) => runtime.decodes.includes(coding))
    globalThis.fetch = createOutgoingFetch(globalThis.fetch)
    if (process.env['MOORING_DESCRIBE'] === '1') describeAndExit(app)
    const schedule = process.env['MOORING_RUN']
    const { name } = runtime
    if (schedule !== undefined) return await runOnce(name, app, hooks, { ...process.env }, schedule)
    const letters = process.env['MOORING_DEAD_LETTERS']
    if (letters !== undefined) return await tendDeadLetters(name, app, { ...process.env }, letters)
    return await start(runtime, app, hooks)
  } catch (error) {
    return failStart(error)
  }
}

/** What a request's `env` knows of it. No variable has such a name. */
const exchangeKey = Symbol('exchange')

async function start<Setup>(
  runtime: FetchRuntime,
  app: App<FetchHandler, Setup> | FetchHandler,
  hooks: Hooks<Setup>,
): Promise<ServedPort> {
  // A copy: no handler that writes to c.env may change the process for the others.
  const env = { ...process.env }
  const development = isDevelopment(env)
  const metrics = createMetrics()

  // Config: whatever cannot be is told before anything is begun.
  const address = readPortAddress(env, development)
  refuseUnsupported(runtime, env)
  const write = createLogWriter(nameOf(app), env, metrics)
  const log = createLogger(write)
  const budget = readBudget(env)
  const limits = readFetchLimits(env, limitsOf(app))
  const proxies = readTrustedProxies(env)
  const forwarding = readForwarding(env, proxies)
  const isAllowed = readAllowedHosts(env)

  // From here on a signal finds somebody to obey it.
  const lifecycle = createLifecycle(log, budget, metrics, readUncaughtPolicy(env))
  const { drainSignal, isLeaving, phase } = lifecycle
  handleSignals({ ...lifecycle, reload: () => refuseReload(log) }, log)

  // Boot: the app, then its hooks.
  const background = trackBackgroundWork(log)
  const { executionCtx, waitUntil } = background
  const exchanges = trackFetchExchanges()
  const exchangeOf = (c: Context) => (c.env as { [exchangeKey]: FetchExchange })[exchangeKey]
  const webSockets = createFetchWebSockets(exchangeOf, log)
  const adapter: Adapter = {
    name: runtime.name,
    write,
    drainSignal,
    clientAddress(c) {
      const { request, remoteAddress } = exchangeOf(c).incoming
      return forwarding.clientOf(forwardedFields(request, remoteAddress()))
    },
    waitUntil,
    webSockets: webSockets.adapter,
  }
  adopt(executionCtx, adapter)
  const target = { adapter, env, find: findByUrl(env, development) }
  const booted = await bootApp(app, target, log)
  if (env['MOORING_DESCRIBE'] === 'routes') describeRoutesAndExit(booted.handler)
  const schedules = await prepareSchedules(app, booted, target, development, log)
  const consumers = prepareConsumers(booted, env, log, metrics)
  const attached = { ...booted, resources: [...booted.resources, ...schedules.resources] }
  const { checks, boot: runBootHooks, close } = attachHooks(hooks, attached, env, log)
  await runBootHooks()

  // Bind.
  const answer = createFetchAnswer({
    handler: booted.handler,
    bindings: (exchange) =>
      Object.assign(Object.create(env), exchange.incoming.bindings, { [exchangeKey]: exchange }),
    executionCtx,
    exchanges,
    probes: createFetchProbes(phase, checks),
    staticFiles: booted.staticFiles,
    limits,
    refuseHead: limitsOf(app)?.refuseHead,
    withBodyAsSent: runtime.withBodyAsSent,
    forHead: runtime.forHead,
    isAllowed,
    forwarding: proxies.any ? forwarding : undefined,
    isLeaving,
    log,
  })
  const server = await takePort(address, development, async (port, host) => {
    const hostname = (await lookup(host)).address
    return runtime.listen({ port, hostname, limits, answer })
  })

  // Ready; at the end, drain.
  lifecycle.serving({
    server: answeringFetch(server, exchanges, webSockets, log),
    background,
    onLeave() {},
    mayClose: async () => {},
    close,
  })
  schedules.start(background, isLeaving)
  consumers.start(background, lifecycle)
  const { url } = describeBound({ address: server.hostname, port: server.port }, address.host)
  const { port, hostname: host } = server
  log.info('listening', { url, port, host, ...describeResources(booted), shutdown: budget })
  return { url, port }
}

/** @throws MOORING_E_SETTING */
function readFetchLimits(env: NodeJS.ProcessEnv, declared: RequestLimits | undefined): FetchLimits {
  return {
    bodyLimitBytes: readBodyLimit(env, declared),
    responseTimeoutMs: readDuration(env, 'RESPONSE_TIMEOUT', 60_000),
    keepAliveTimeoutMs: readDuration(env, 'KEEP_ALIVE_TIMEOUT', 65_000),
  }
}

/** Nothing is a silent no-op: a setting that cannot be obeyed ends the start. */
function refuseUnsupported({ name, unsupported }: FetchRuntime, env: NodeJS.ProcessEnv): void {
  for (const [variable, why] of Object.entries(unsupported)) {
    const value = env[variable]
    if (value === undefined || (variable === 'WEB_CONCURRENCY' && value === '1')) continue
    throw new MooringError('MOORING_E_UNSUPPORTED', {
      message: `${variable} is ${JSON.stringify(value)}, and @mooring/${name} cannot obey it.`,
      why,
      fix: `unset ${variable}, or serve the app with @mooring/node.`,
    })
  }
}

function refuseReload(log: Logger): void {
  log.warn('SIGHUP is ignored', { why: 'It restarts workers, and there are none.' })
}
