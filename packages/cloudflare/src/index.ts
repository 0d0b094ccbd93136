export { type ExportedHandler, handle } from './handle.ts'
export { TopicObject } from './topic-object.ts'
