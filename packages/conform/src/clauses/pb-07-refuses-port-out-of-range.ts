import { refusesAll } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-07',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A `PORT` outside 0 to 65535 is refused at start.',
  reason:
    'A number that wraps around or falls back puts the process on a port that nobody ' +
    'routes to.',
  source: 'RFC 9293 section 3.1 (ports are 16 bits)',
  mend: 'Compare with 65535 before listening; exit with a status other than 0.',
  check: async (subject) => {
    return refusesAll(subject, ['-1', '65536', '70000'])
  },
}
