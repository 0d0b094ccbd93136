import type { Checks } from '../checks.ts'
import type { Phase } from '../lifecycle.ts'

/** Answers `/livez` and `/readyz`, as the port-bound contract has it; `undefined` for other paths. */
export type FetchProbes = (path: string) => Response | Promise<Response> | undefined

/**
 * @param phase where the process is: it is ready while it serves
 * @param checks what must hold for it to be ready
 */
export function createFetchProbes(phase: () => Phase, checks: Checks): FetchProbes {
  function reply(ok: boolean, more: object = {}): Response {
    const body = { status: ok ? 'pass' : 'fail', phase: phase(), ...more }
    const headers = { 'Cache-Control': 'no-store' }
    return Response.json(body, { status: ok ? 200 : 503, headers })
  }

  async function ready(): Promise<Response> {
    const { pass, results } = await checks.run()
    return reply(pass && phase() === 'serving', { checks: results })
  }

  return (path) => {
    if (path === '/livez') return reply(true)
    if (path !== '/readyz') return undefined
    // Whoever leaves is not ready, whatever the checks say: none of them is worth the wait.
    if (phase() !== 'serving' || checks.isEmpty) return reply(phase() === 'serving')
    return ready()
  }
}
