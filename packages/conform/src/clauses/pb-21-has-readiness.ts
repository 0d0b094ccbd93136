import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { fail, verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-21',
  section: 'Health',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A path says whether the process wants traffic.',
  reason: 'Without it the router learns of a drain by losing requests.',
  source: 'Kubernetes, "Liveness, Readiness and Startup Probes"',
  mend: 'Answer 200 on `/readyz` once everything is connected, 503 otherwise.',
  check: async (subject) => {
    const path = subject.target.paths.ready
    if (path === undefined)
      return fail(
        'GET /readyz, /ready, /health/ready',
        'a path of its own for readiness',
        'the same answer as for any unknown path',
      )
    const running = await subject.start()
    const answer = await running.ask(path)
    return verdict(answer.status === 200, `GET ${path}`, '200', say(answer))
  },
}
