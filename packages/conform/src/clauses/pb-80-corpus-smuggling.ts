import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-80',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'No request can be smuggled within another one.',
  reason:
    'The request that is hidden in the body gets past the checks of the router, or ' +
    'answers somebody else.',
  source: 'RFC 9112 section 11.2; corpus/smuggling.json',
  mend:
    'Refuse a message with both Content-Length and Transfer-Encoding, or close the ' +
    'connection after it.',
  check: async (subject) => {
    return judgeGroup(subject, 'smuggling')
  },
}
