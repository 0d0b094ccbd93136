import { signalledInFlight, answered } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-50',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: '`CI=1` and `NODE_ENV=test` change nothing about stopping.',
  reason:
    'A server that drains in production and not in the pipeline passes no test of its own ' +
    'drain, and images inherit such variables.',
  source: 'Measured: srvx installs no signal handler when `CI` is set',
  mend: 'Do not look at `CI`.',
  check: async (subject) => {
    const answer = await signalledInFlight(subject, ['SIGTERM'], {
      env: { CI: '1', NODE_ENV: 'test' },
    })
    return answered('SIGTERM while a handler takes 1.5 s, with CI=1 and NODE_ENV=test', answer)
  },
}
