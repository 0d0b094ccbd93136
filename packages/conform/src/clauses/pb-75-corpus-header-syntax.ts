import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-75',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Header fields that break the syntax are refused.',
  reason:
    'A space before a colon, a NUL, a bare CR: each has been used to hide a field from ' +
    'one of two servers.',
  source: 'RFC 9112 section 5.1; RFC 9110 section 5.5; corpus/header-syntax.json',
  mend: 'Use a strict parser, and close the connection after 400.',
  check: async (subject) => {
    return judgeGroup(subject, 'header-syntax')
  },
}
