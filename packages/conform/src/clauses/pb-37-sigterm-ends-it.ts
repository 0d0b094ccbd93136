import { endsInTime } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-37',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'SIGTERM ends the process within the grace.',
  reason:
    'What has not ended by then is killed: caches are not written, locks not released, ' +
    'the deploy waits.',
  source: 'The Twelve-Factor App, IX; Kubernetes, "Termination of Pods"; Heroku, "Shutdown"',
  mend: 'Handle SIGTERM: close the listener, finish what is in flight, exit.',
  check: async (subject) => {
    const running = await subject.start()
    running.signal('SIGTERM')
    return endsInTime(subject, running, 'SIGTERM while idle')
  },
}
