import { say } from '../answer.ts'
import { settleMs, inFlight, lateRouter } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-23',
  section: 'Health',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'While it drains, the process does not call itself broken.',
  reason:
    'A liveness probe that fails during the drain makes the kubelet kill what is ' +
    'finishing its requests.',
  source:
    'Kubernetes, "Liveness, Readiness and Startup Probes"; Spring Boot, "Application ' +
    'Availability"',
  mend: 'Let liveness depend on nothing but the process itself.',
  check: async (subject) => {
    const running = await subject.start({ env: lateRouter })
    const path = subject.path('live')
    const slow = await inFlight(running, subject.path('slow', { ms: 3_000 }))
    running.signal('SIGTERM')
    await wait(settleMs)
    const answer = await running.ask(path, { ms: 2_000 })
    slow.close()
    return verdict(
      answer.status === 0 || answer.status === 200,
      `SIGTERM with a request in flight, then GET ${path}`,
      '200, or nobody listening',
      say(answer),
    )
  },
}
