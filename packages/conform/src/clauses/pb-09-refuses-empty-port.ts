import { refusesAll } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-09',
  section: 'Address',
  level: 'SHOULD',
  profiles: ['web', 'tcp'],
  sentence: 'A `PORT` that is set and empty is refused at start.',
  reason:
    'An empty value is a variable that somebody failed to fill in. A random port in its ' +
    'place is reachable for nobody.',
  source: 'Mooring, "Hostile inputs and faults"',
  mend: 'Tell "set to nothing" from "not set", and refuse the first.',
  check: async (subject) => {
    return refusesAll(subject, [''])
  },
}
