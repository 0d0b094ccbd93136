import { inFlight, endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-49',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A request that never ends does not keep the process past the grace.',
  reason:
    'SIGKILL cuts off everything alike and leaves no log line. A process that ends by ' +
    'itself says what it cut off.',
  source: 'gunicorn, `graceful_timeout`; Kubernetes, `terminationGracePeriodSeconds`',
  mend: "Give the drain a deadline below the platform's.",
  waits: true,
  check: async (subject) => {
    const running = await subject.start()
    await inFlight(running, subject.path('slow', { ms: 600_000 }, ['ms']))
    running.signal('SIGTERM')
    return endsInTime(subject, running, 'SIGTERM while a handler never ends')
  },
}
