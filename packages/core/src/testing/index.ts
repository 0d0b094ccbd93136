export { testApp, type TestApp, type TestAppOptions } from './test-app.ts'
export { atomicKvCases, kvCases } from './kv-cases.ts'
export type { KvCase } from './kv-assert.ts'
export { countingKvCases } from './kv-counting-cases.ts'
export { type TopicCase, topicCases } from './topic-cases.ts'
export {
  type CaseMessage,
  caseQueue,
  consumeCase,
  type QueueCase,
  queueCases,
} from './queue-cases.ts'
