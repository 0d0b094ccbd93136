export { testApp, type TestApp, type TestAppOptions } from './test-app.ts'
export { atomicKvCases, countingKvCases, type KvCase, kvCases } from './kv-cases.ts'
