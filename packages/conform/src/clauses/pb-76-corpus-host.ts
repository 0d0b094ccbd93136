import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-76',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A request whose Host is missing, repeated or no host is refused with 400.',
  reason: 'Links, redirects, caches and tenants are made from it.',
  source: 'RFC 9112 section 3.2; RFC 9110 section 7.2; corpus/host.json',
  mend: 'Require exactly one Host field that holds a host and perhaps a port.',
  check: async (subject) => {
    return judgeGroup(subject, 'host')
  },
}
