import { refusesAll } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-08',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A `PORT` in another notation than decimal digits is refused at start.',
  reason:
    '`0x1F91` and `1e4` are read as 8081 and 10000 by some runtimes and as 0 or 1 by ' +
    'others. A template that renders wrongly must not pick a port.',
  source: 'Mooring, "Hostile inputs and faults"; measured with Node.js 20 and 26',
  mend: 'Match the text against `^[0-9]{1,5}$` before converting it.',
  check: async (subject) => {
    return refusesAll(subject, ['0x1F91', '1e4', '8080.5'])
  },
}
