import { signalledInFlight, answered } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-40',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A request that is being handled when SIGTERM comes is answered whole.',
  reason: 'Every deploy would otherwise cut off the requests of that moment.',
  source: 'The Twelve-Factor App, IX; Knative runtime contract, "Signals"',
  mend: 'Close the listener, then wait for the requests in flight before exiting.',
  check: async (subject) => {
    return answered(
      'SIGTERM while a handler takes 1.5 s',
      await signalledInFlight(subject, ['SIGTERM']),
    )
  },
}
