export type { HookContext, Hooks, NamedHooks } from './hooks.ts'
export { serve, type Served } from './serve.ts'
