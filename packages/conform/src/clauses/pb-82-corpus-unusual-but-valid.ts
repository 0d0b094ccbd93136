import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-82',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Unusual requests that are valid are accepted.',
  reason: "Strictness that refuses valid requests is an outage for somebody's client.",
  source: 'RFC 9112; RFC 9110; corpus/unusual-but-valid.json',
  mend: 'Refuse what a standard forbids, and only that.',
  check: async (subject) => {
    return judgeGroup(subject, 'unusual-but-valid')
  },
}
