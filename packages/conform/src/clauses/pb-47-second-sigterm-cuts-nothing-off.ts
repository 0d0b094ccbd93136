import { signalledInFlight, answered } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-47',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A second SIGTERM cuts nothing off.',
  reason:
    'Platforms send it again: a kubelet that restarts, `docker stop` after a rolling ' +
    'update, a process manager that signals the group.',
  source: 'Kubernetes, "Termination of Pods"; Mooring, "Signals again"',
  mend: 'Ignore SIGTERM once the drain has begun.',
  check: async (subject) => {
    return answered(
      'SIGTERM twice while a handler takes 1.5 s',
      await signalledInFlight(subject, ['SIGTERM', 'SIGTERM']),
    )
  },
}
