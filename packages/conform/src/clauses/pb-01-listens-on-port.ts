import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-01',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'The process listens on the port that `PORT` names.',
  reason:
    'The platform chooses the port and routes to it. A process that listens elsewhere ' +
    'gets no traffic.',
  source: 'The Twelve-Factor App, VII; Knative runtime contract, "Inbound network connectivity"',
  mend: 'Read the port from `PORT` and listen there.',
  check: async (subject) => {
    const running = await subject.start()
    return verdict(
      await running.works(),
      `asked port ${running.port}`,
      subject.works,
      await running.describe(),
    )
  },
}
