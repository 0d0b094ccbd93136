import { say } from '../answer.ts'
import { settleMs, inFlight, lateRouter } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-22',
  section: 'Health',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'While it drains, the process does not call itself ready.',
  reason: 'A probe that goes on saying "ready" keeps the traffic coming until the socket is gone.',
  source: 'Knative queue-proxy, `drain.go`; Spring Boot, "Graceful Shutdown" (REFUSING_TRAFFIC)',
  mend: 'Answer 503 on the readiness path from the first SIGTERM on.',
  check: async (subject) => {
    const running = await subject.start({ env: lateRouter })
    const path = subject.path('ready')
    const slow = await inFlight(running, subject.path('slow', { ms: 3_000 }))
    running.signal('SIGTERM')
    await wait(settleMs)
    const answer = await running.ask(path, { ms: 2_000 })
    slow.close()
    return verdict(
      answer.status === 0 || answer.status === 503,
      `SIGTERM with a request in flight, then GET ${path}`,
      '503, or nobody listening',
      say(answer),
    )
  },
}
