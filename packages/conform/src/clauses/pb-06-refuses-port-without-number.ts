import { refusesAll } from '../checks/refusal.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-06',
  section: 'Address',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'A `PORT` that is not a number is refused at start.',
  reason:
    'Many servers take a word for the path of a Unix socket or for 0, report success and ' +
    'are unreachable.',
  source:
    'Mooring, "Hostile inputs and faults"; measured with Node.js, whose `listen(\'abc\')` ' +
    'makes a socket file',
  mend: 'Accept `^[0-9]{1,5}$` and nothing else; exit with a status other than 0.',
  check: async (subject) => {
    return refusesAll(subject, ['abc', '3000abc', '8080,8081'])
  },
}
