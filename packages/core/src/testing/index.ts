export { testApp, type TestApp, type TestAppOptions } from './test-app.ts'
export { kvCases, type KvCase } from './kv-cases.ts'
