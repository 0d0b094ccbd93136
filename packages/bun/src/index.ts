export type { HookContext, Hooks, NamedHooks, ServedPort } from '@mooring/port-bound'
export { serve } from './serve.ts'
