import { decidedRequests } from './decided-requests.ts'
import { decidedResponses } from './decided-responses.ts'
import { decidedRuntime } from './decided-runtime.ts'
import type { Decision } from './decision.ts'

/** In the order of a request: what comes in, what goes out, what goes on around it. */
export const decisions: readonly Decision[] = [
  ...decidedRequests,
  ...decidedResponses,
  ...decidedRuntime,
]
