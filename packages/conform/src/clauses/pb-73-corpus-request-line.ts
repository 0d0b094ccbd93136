import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-73',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A request line that is not one is refused.',
  reason:
    'What one server in a chain reads in another way than the next is a way around the first.',
  source: 'RFC 9112 sections 2.3 and 3; corpus/request-line.json',
  mend: 'Use a strict parser, and close the connection after 400.',
  check: async (subject) => {
    return judgeGroup(subject, 'request-line')
  },
}
