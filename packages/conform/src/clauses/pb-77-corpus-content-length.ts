import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-77',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A Content-Length that is not one number is refused.',
  reason: 'The next server takes another length, and the rest of the body for a request.',
  source: 'RFC 9112 section 6.3; RFC 9110 section 8.6; corpus/content-length.json',
  mend: 'Accept decimal digits only; refuse values that differ; close the connection after 400.',
  check: async (subject) => {
    return judgeGroup(subject, 'content-length')
  },
}
