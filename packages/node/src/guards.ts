import type { Logger } from '@mooring/core'
import {
  createTally,
  type Forwarding,
  isValidHost,
  type Metrics,
  readAllowedHosts,
  type Tally,
} from '@mooring/port-bound'
import { limitPipelining } from './pipelining.ts'
import { limitRequestRate } from './request-rate.ts'
import { shedByDelay } from './shedding.ts'
import { setHost } from './strict-request.ts'
import type { Guard } from './guard.ts'

/** What stands between a request and the app. What the settings do not ask for is not there. */
export interface Guards {
  /** Of one connection; before the probes. */
  readonly connection: readonly Guard[]
  /** Of what is asked for; after the probes. */
  readonly app: readonly Guard[]
  /** Stands before the app; `undefined` where no overload is shed. */
  readonly shed: ReturnType<typeof shedByDelay>
}

/**
 * @param forwarding `undefined` where nobody is trusted
 * @throws MOORING_E_SETTING
 */
export function createGuards(
  env: NodeJS.ProcessEnv,
  forwarding: Forwarding | undefined,
  log: Logger,
  metrics: Metrics,
): Guards {
  const tally = (reason: string, message: string) => {
    const help = 'Requests that were refused before the app saw them.'
    const counter = metrics.counter('mooring_refused_requests_total', help, { reason })
    return createTally(log, message, counter)
  }
  const pipelined = tally('pipelining', 'requests that were pipelined were refused')
  const fast = tally('rate', 'requests past the rate of a connection were refused')
  const other = tally('host', 'requests for other hosts were refused')
  const late = tally('overload', 'requests were refused: the event loop is overloaded')
  return {
    connection: [limitPipelining(pipelined), limitRequestRate(env, fast)].filter(isSet),
    app: [forwarding && takeForwardedHost(forwarding), refuseOtherHosts(env, other)].filter(isSet),
    shed: shedByDelay(env, late),
  }
}

function isSet(guard: Guard | undefined): guard is Guard {
  return guard !== undefined
}

/** Makes the host that a trusted proxy was asked for the one of the request. */
function takeForwardedHost(forwarding: Forwarding): Guard {
  return (incoming, outgoing) => {
    const host = forwarding.hostOf(incoming)
    if (host === undefined) return false
    if (!isValidHost(host)) {
      incoming.refuse(outgoing, 400, 'Bad Request: an invalid forwarded host')
      return true
    }
    setHost(incoming, host)
    return false
  }
}

/**
 * 421 to requests for a host that is not served here (RFC 9110 §7.4 and §15.5.20): a client that
 * meant another server may ask that one, and nothing stores the answer.
 */
function refuseOtherHosts(env: NodeJS.ProcessEnv, refused: Tally): Guard | undefined {
  const isAllowed = readAllowedHosts(env)
  if (!isAllowed) return undefined
  return (incoming, outgoing) => {
    const { host } = incoming.headers
    if (host !== undefined && isAllowed(host)) return false
    refused.add({ host })
    incoming.refuse(outgoing, 421, 'Misdirected Request: this host is not served here')
    return true
  }
}
