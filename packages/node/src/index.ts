export type { HookContext, Hooks, NamedHooks } from '@mooring/port-bound'
export { serve, type Served } from './serve.ts'
