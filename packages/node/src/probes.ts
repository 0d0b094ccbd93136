import type { IncomingMessage, ServerResponse } from 'node:http'

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

export function createProbes(isReady: () => boolean): Probes {
  return {
    answer({ url, method }, outgoing) {
      if (url !== '/livez' && url !== '/readyz') return false
      const ok = url === '/livez' || isReady()
      const body = JSON.stringify({ status: ok ? 'ok' : 'draining' })
      outgoing.writeHead(ok ? 200 : 503, {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'Cache-Control': 'no-store',
      })
      outgoing.end(method === 'HEAD' ? undefined : body)
      return true
    },
  }
}
