import type { Logger } from '@mooring/core'
import { describeRequest, type OpenResponse } from './exchange.ts'

/** What the log is told of a response that does not go out as the app made it. */
export interface ResponseFaults {
  readonly invalidHead: (error: unknown) => void
  readonly wrongLength: (response: OpenResponse, error: unknown) => void
  readonly brokenOff: (response: OpenResponse, error: unknown) => void
}

export function createResponseFaults(log: Logger): ResponseFaults {
  return {
    invalidHead: (error) => log.error('the response has an invalid head', { error }),
    wrongLength(response, error) {
      const { method, path } = describeRequest(response)
      log.error('the response has another length than it says', { method, path, error })
    },
    brokenOff: (response, error) =>
      log.error('the response broke off', { ...describeRequest(response), error }),
  }
}
