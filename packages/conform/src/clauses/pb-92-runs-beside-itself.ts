import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-92',
  section: 'Neighbours',
  level: 'MUST',
  profiles: ['web', 'tcp', 'worker'],
  sentence: 'Two instances run beside each other, and one goes on when the other stops.',
  reason:
    'Processes scale out by being started again. A lock file, a fixed second port or a ' +
    'shared socket allows only one.',
  source: 'The Twelve-Factor App, VIII',
  mend: 'Share nothing but backing services.',
  check: async (subject) => {
    const one = await subject.start()
    const other = await subject.start()
    expect(
      await one.works(),
      'a second instance beside the first',
      'the first still working',
      await one.describe(),
    )
    one.signal('SIGTERM')
    await one.exitWithin(subject.target.graceMs)
    return verdict(
      await other.works(),
      'SIGTERM to the first',
      'the second still working',
      await other.describe(),
    )
  },
}
