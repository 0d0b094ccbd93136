import type { Logger } from '@mooring/core'
import { isValidHost, readAllowedHosts } from './host.ts'
import type { Forwarding } from './forwarding.ts'
import type { Metrics } from './metrics.ts'
import type { Reply } from './reply.ts'
import type { Incoming } from './request-body.ts'
import { setHost } from './strict-request.ts'
import { createTally } from './tally.ts'

/** Looks at a request before the app does. @returns whether it has been answered */
export type Guard = (incoming: Incoming, outgoing: Reply) => boolean

/**
 * The guards that the settings ask for, in their order. What is not asked for is not among them.
 *
 * @param forwarding `undefined` where nobody is trusted
 * @throws MOORING_E_SETTING
 */
export function createGuards(
  env: NodeJS.ProcessEnv,
  forwarding: Forwarding | undefined,
  log: Logger,
  metrics: Metrics,
): readonly Guard[] {
  return [forwarding && takeForwardedHost(forwarding), refuseOtherHosts(env, log, metrics)].filter(
    (guard) => guard !== undefined,
  )
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
function refuseOtherHosts(
  env: NodeJS.ProcessEnv,
  log: Logger,
  metrics: Metrics,
): Guard | undefined {
  const isAllowed = readAllowedHosts(env)
  if (!isAllowed) return undefined
  const help = 'Requests for hosts that are not served.'
  const counter = metrics.counter('mooring_misdirected_requests_total', help)
  const refused = createTally(log, 'requests for other hosts were refused', counter)
  return (incoming, outgoing) => {
    const { host } = incoming.headers
    if (host !== undefined && isAllowed(host)) return false
    refused.add({ host })
    incoming.refuse(outgoing, 421, 'Misdirected Request: this host is not served here')
    return true
  }
}
