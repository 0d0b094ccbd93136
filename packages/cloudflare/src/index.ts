export { type ExportedHandler, handle } from './handle.ts'
