import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Checks, Phase } from '@mooring/port-bound'

/** Whether the process is alive, and whether it should be sent requests. */
export interface Probes {
  /**
   * Answers `/livez` and `/readyz`. Liveness is 200 for as long as the process can answer; it does
   * not depend on backing services or on draining, since a restart would mend neither.
   *
   * @returns whether the request was one of them
   */
  readonly answer: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean
}

/**
 * @param phase where the process is: it is ready while it serves
 * @param checks what must hold for it to be ready
 * @param detailed whether the body lists the checks
 */
export function createProbes(phase: () => Phase, checks: Checks, detailed: boolean): Probes {
  async function answerReady(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { pass, results } = await checks.run()
    const ready = pass && phase() === 'serving'
    reply(incoming, outgoing, ready, { ...(detailed && { checks: results }) })
  }

  function reply(
    { method }: IncomingMessage,
    outgoing: ServerResponse,
    ok: boolean,
    more: object = {},
  ): void {
    const body = JSON.stringify({ status: ok ? 'pass' : 'fail', phase: phase(), ...more })
    outgoing.writeHead(ok ? 200 : 503, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    })
    outgoing.end(method === 'HEAD' ? undefined : body)
  }

  return {
    answer(incoming, outgoing) {
      const { url } = incoming
      if (url === '/livez') reply(incoming, outgoing, true)
      else if (url !== '/readyz') return false
      // Whoever leaves is not ready, whatever the checks say: none of them is worth the wait.
      else if (phase() !== 'serving' || checks.isEmpty) {
        reply(incoming, outgoing, phase() === 'serving')
      } else void answerReady(incoming, outgoing)
      return true
    },
  }
}
