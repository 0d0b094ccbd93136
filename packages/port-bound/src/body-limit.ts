import type { RequestLimits } from '@mooring/core'
import { defaultBodyBytes } from '@mooring/core/adapter'
import { readSize } from './settings.ts'

/**
 * `BODY_LIMIT`, in bytes.
 *
 * @param declared by the app, which the variable replaces
 * @default 100 MiB
 * @throws MOORING_E_SETTING
 */
export function readBodyLimit(env: NodeJS.ProcessEnv, declared: RequestLimits | undefined): number {
  return readSize(env, 'BODY_LIMIT') ?? declared?.bodyBytes ?? defaultBodyBytes
}
