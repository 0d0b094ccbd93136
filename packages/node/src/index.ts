export type { HookContext, Hooks, NamedHooks } from '@mooring/port-bound'
export { serve } from './serve.ts'
export type { Served } from './served.ts'
