import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-81',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'What is not HTTP/1.1 is refused, and does not end the process.',
  reason:
    'Port scanners, TLS on the wrong port and cross-protocol attacks arrive on every open ' +
    'port.',
  source: 'RFC 9112 section 2.2; corpus/other-protocols.json',
  mend: 'Answer 400 and close.',
  check: async (subject) => {
    return judgeGroup(subject, 'other-protocols')
  },
}
