export { adopt, adoptAll, type Adapter } from './adapter.ts'
export type { RawWebSocket, ReceivedClose, WebSocketAdapter, WebSocketTerms } from './web-socket.ts'
export { type App, assertApp, type BootedApp, type Injected, isApp, type Target } from '../app.ts'
export type { FetchHandler } from '../fetch-handler.ts'
export { withoutUserinfo } from '../config.ts'
export { logHandlerErrors } from '../handler-errors.ts'
export { nearest } from '../nearest.ts'
export type { Problem } from '../problem.ts'
export { notANumber, overflow, storeFailed } from '../resources/kv-errors.ts'
export {
  addToCounter,
  checkAmount,
  checkKey,
  checkTtl,
  checkValue,
  cursorAfter,
  expiryOf,
  keyBefore,
  listDefaults,
} from '../resources/kv-limits.ts'
export { createMemoryKv } from '../resources/kv-memory.ts'
export type {
  Attachment,
  AttachedResource,
  Found,
  Opened,
  Resource,
  UrlAttachment,
} from '../resources/resource.ts'
export { describeResource, environmentNames } from '../resources/resource-names.ts'
export { refusal } from '../refusal.ts'
export { defaultBodyBytes, limitBody } from '../request-limits.ts'
export { delegate } from '../lazy-class.ts'
export { createQueueStore } from '../queues/consume.ts'
export { queueFailed } from '../queues/queue-limits.ts'
export { createMemoryQueue } from '../queues/queue-memory.ts'
export type { Consumption, DeadLetter, QueueDriver, QueueStore } from '../queues/queue-store.ts'
export type { Delivery, Outcome } from '../queues/receive.ts'
export { cronProblem } from '../schedules/cron.ts'
export { onWebSockets } from '../websocket/declared.ts'
export { refuseHandshake } from '../websocket/handshake.ts'
export { keptHeader } from '../websocket/socket-object.ts'
export { declaredAs, runStateful, type StatefulSession } from '../websocket/stateful.ts'
export type { KeptWebSocket } from '../websocket/socket-object.ts'
export { type Followed, placeOf, type ToldMessages } from '../topics/topic-followers.ts'
export { createTopicFeed, type TopicFeed } from '../topics/topic-feed.ts'
export { checkText, keptMessages, topicFailed } from '../topics/topic-limits.ts'
export { createMemoryTopic } from '../topics/topic-memory.ts'
