export { unreadLimits } from './unread-limits.ts'
export { type BackgroundWork, trackBackgroundWork } from './background.ts'
export { handOverSignals, obeyBootSignals } from './boot-signals.ts'
export { type Budget, readBudget } from './budget.ts'
export type { Checks } from './checks.ts'
export {
  bootApp,
  type Booted,
  describeAndExit,
  describeResources,
  describeRoutesAndExit,
  limitsOf,
  nameOf,
} from './declared-app.ts'
export { headersOfDecoded, isDecoded, setDecodedCodings } from './decoded-body.ts'
export { findByUrl, isDevelopment } from './environment.ts'
export { exitCodes } from './exit-codes.ts'
export { exitFlushed } from './exit.ts'
export { useFlushingCompression } from './flushing-compression.ts'
export { type Forwarding, readForwarding } from './forwarding.ts'
export { assertForeignResponse, expectResponses } from './expect-responses.ts'
export { attachHooks, type HookContext, type Hooks, type NamedHooks } from './hooks.ts'
export { isValidHost, readAllowedHosts } from './host.ts'
export { createLifecycle, type Lifecycle, type Phase, phases } from './lifecycle.ts'
export type { Answering, OpenRequest } from './answering.ts'
export { createLogWriter } from './log.ts'
export {
  createMetrics,
  type Labels,
  type Metric,
  type Metrics,
  type MetricsSnapshot,
  type Sample,
} from './metrics.ts'
export { createOutgoingFetch } from './outgoing-fetch.ts'
export {
  type BoundPort,
  checkHost,
  describeBound,
  type PortAddress,
  readPortAddress,
  takePort,
} from './port-address.ts'
export { readBodyLimit } from './body-limit.ts'
export { parsePort } from './port.ts'
export { prepareConsumers } from './queues/consumers.ts'
export { tendDeadLetters } from './queues/dead-letters.ts'
export { relayedStream } from './relayed-stream.ts'
export { bodyFor, checkReason, checkStatus, jsonText, textType } from './response-rules.ts'
export { readUncaughtPolicy } from './uncaught.ts'
export { runOnce } from './schedules/run-once.ts'
export { prepareSchedules } from './schedules/schedules.ts'
export { badSetting, readCount, readDuration } from './settings.ts'
export { handleSignals } from './signals.ts'
export { failStart } from './start-failure.ts'
export { isHeld } from './static/static-content.ts'
export type { StaticFiles } from './static/static-files.ts'
export { createTally, type Tally } from './tally.ts'
export { readTrustedProxies, type TrustedProxies } from './trusted-proxies.ts'
export { withHeader } from './fetch/fetch-response.ts'
export type { Answer, FetchRuntime } from './fetch/fetch-runtime.ts'
export { hopByHop, isServersField, wireValue } from './wire-field.ts'
export { serveFetch, type ServedPort } from './fetch/serve-fetch.ts'
