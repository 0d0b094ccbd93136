import { describeThrown, MooringError } from '@mooring/core'
import { exitCodes } from './exit-codes.ts'

/**
 * Says on stderr why the process cannot start, and ends it: 78 for a mistake in its configuration
 * or address, which a restart does not mend; 1 for whatever else.
 */
export function failStart(error: unknown): never {
  const isBoot = error instanceof MooringError && error.code === 'MOORING_E_BOOT'
  const texts = isBoot ? [error, error.cause] : [error]
  process.stderr.write(`${texts.map(describeThrown).join('\n')}\n`)
  const isMistake = error instanceof MooringError && !isBoot
  process.exit(isMistake ? exitCodes.config : exitCodes.crashed)
}
