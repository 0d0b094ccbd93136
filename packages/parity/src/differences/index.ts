import type { Difference } from './difference.ts'
import { requests } from './requests.ts'
import { responses } from './responses.ts'
import { runtime } from './runtime.ts'

/** Every declared difference, in the order of their numbers. */
export const differences: readonly Difference[] = [...responses, ...requests, ...runtime].sort(
  (a, b) => a.number.localeCompare(b.number),
)
