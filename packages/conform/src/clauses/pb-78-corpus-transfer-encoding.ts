import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-78',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence:
    'A Transfer-Encoding that is not understood, or that does not end in chunked, is refused.',
  reason: 'Whoever ignores it reads the body by another measure than the server in front.',
  source: 'RFC 9112 sections 6.1 and 6.3; corpus/transfer-encoding.json',
  mend: 'Accept `chunked` alone; answer 501 or 400 to anything else and close.',
  check: async (subject) => {
    return judgeGroup(subject, 'transfer-encoding')
  },
}
