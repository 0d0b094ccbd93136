import type { ErrorCode } from '@mooring/core'

/** How the command ends. */
export const exitCodes = {
  done: 0,
  /** The app cannot be bundled or started, the command does not conform, or something broke. */
  failed: 1,
  /** The command line is wrong (EX_USAGE of sysexits.h). */
  usage: 64,
  /** The environment is wrong: a port, an address (EX_CONFIG of sysexits.h). */
  config: 78,
} as const

/** The status that tells a mistake of this code. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'MOORING_E_CLI') return exitCodes.usage
  const isOfApp = code === 'MOORING_E_BUILD' || code === 'MOORING_E_TARGET'
  return isOfApp ? exitCodes.failed : exitCodes.config
}
