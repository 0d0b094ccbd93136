export type {
  App,
  AppDefinition,
  BootedApp,
  Consumers,
  HandlerOf,
  MessageContext,
  Schedule,
  ScheduleContext,
  SetupContext,
  StaticFolder,
} from './app.ts'
export type { FetchHandler } from './fetch-handler.ts'
export { defineApp } from './define-app.ts'
export { background } from './background.ts'
export { clientAddress } from './client-address.ts'
export { drainSignal } from './drain-signal.ts'
export { describeThrown, type ErrorCode, errorCodes, formatError, MooringError } from './errors.ts'
export { createLogger, type LogEvent, type LogFields, type Logger, type LogLevel } from './log.ts'
export { logger } from './logger.ts'
export { requestId } from './request-id.ts'
export { type RequestLimitOptions, type RequestLimits, requestLimits } from './request-limits.ts'
export { kv, type KvOptions } from './resources/kv.ts'
export type { CountingKv, Kv, ListOptions, ListPage, PutOptions } from './resources/kv-handle.ts'
export { queue, type QueueOptions, type QueueResource } from './resources/queue.ts'
export type { Queue, SendOptions } from './resources/queue-handle.ts'
export { type Service, service, type ServiceOptions } from './resources/service.ts'
export type { WebSocketContext, WebSocketEvents } from './websocket/events.ts'
export {
  type DeclaredState,
  stateful,
  type StatefulWebSocket,
  type StatefulWebSocketContext,
} from './websocket/stateful.ts'
export { upgradeWebSocket, type WebSocketOptions } from './websocket/upgrade.ts'
export { topic, type TopicOptions } from './resources/topic.ts'
export type {
  SubscribeOptions,
  Subscription,
  Topic,
  TopicEvent,
  TopicGap,
  TopicMessage,
} from './resources/topic-handle.ts'
