export {
  type App,
  type AppDefinition,
  type BootedApp,
  type Consumers,
  type FetchHandler,
  type HandlerOf,
  type MessageContext,
  type Schedule,
  type ScheduleContext,
  type SetupContext,
  type StaticFolder,
} from './app.ts'
export { defineApp } from './define-app.ts'
export { background } from './background.ts'
export { clientAddress } from './client-address.ts'
export { drainSignal } from './drain-signal.ts'
export { describeThrown, type ErrorCode, errorCodes, formatError, MooringError } from './errors.ts'
export { createLogger, type LogEvent, type LogFields, type Logger, type LogLevel } from './log.ts'
export { logger } from './logger.ts'
export { requestId } from './request-id.ts'
export { type RequestLimitOptions, type RequestLimits, requestLimits } from './request-limits.ts'
export {
  type CountingKv,
  type Kv,
  kv,
  type KvOptions,
  type ListOptions,
  type ListPage,
  type PutOptions,
} from './resources/kv.ts'
export {
  type Queue,
  queue,
  type QueueOptions,
  type QueueResource,
  type SendOptions,
} from './resources/queue.ts'
export { type Service, service, type ServiceOptions } from './resources/service.ts'
export type { WebSocketContext, WebSocketEvents } from './websocket/events.ts'
export type { StatefulWebSocket, StatefulWebSocketContext } from './websocket/stateful.ts'
export { upgradeWebSocket, type WebSocketOptions } from './websocket/upgrade.ts'
export {
  type SubscribeOptions,
  type Subscription,
  topic,
  type Topic,
  type TopicEvent,
  type TopicGap,
  type TopicMessage,
  type TopicOptions,
} from './resources/topic.ts'
