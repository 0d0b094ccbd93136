export { serve, type Served } from './serve.ts'
