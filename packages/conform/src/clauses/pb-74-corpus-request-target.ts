import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-74',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A target that is not one is refused, and none ends the process.',
  reason: 'Targets are concatenated into URLs and paths by everything behind.',
  source: 'RFC 9112 section 3.2; RFC 3986; corpus/request-target.json',
  mend: 'Answer 400 to what is no target, 404 to what is none of yours.',
  check: async (subject) => {
    return judgeGroup(subject, 'request-target')
  },
}
