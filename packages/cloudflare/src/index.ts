export { type ExportedHandler, handle } from './handle.ts'
export { TopicObject } from './topic-object.ts'
export { WebSocketObject } from './web-socket-object.ts'
