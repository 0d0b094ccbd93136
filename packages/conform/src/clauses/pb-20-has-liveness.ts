import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { fail, verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-20',
  section: 'Health',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A path says whether the process is alive.',
  reason: 'Without it the platform cannot tell a process that hangs from one that is busy.',
  source:
    'Kubernetes, "Liveness, Readiness and Startup Probes"; Spring Boot, "Application ' +
    'Availability"',
  mend: 'Answer 200 on `/livez`, without asking any backing service.',
  check: async (subject) => {
    const path = subject.target.paths.live
    if (path === undefined)
      return fail(
        'GET /livez, /healthz, /health/live',
        'a path of its own for liveness',
        'the same answer as for any unknown path',
      )
    const running = await subject.start()
    const answer = await running.ask(path)
    return verdict(answer.status === 200, `GET ${path}`, '200', say(answer))
  },
}
