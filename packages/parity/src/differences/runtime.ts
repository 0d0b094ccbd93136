import type { Difference } from './difference.ts'

/** Of what goes on around requests. */
export const runtime: readonly Difference[] = []
