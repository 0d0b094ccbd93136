import { judgeGroup } from '../checks/corpus.ts'
import type { Clause } from '../clause.ts'

export const clause: Clause = {
  id: 'PB-79',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A chunked body that breaks the syntax is refused.',
  reason: 'A lenient reader finds another end of the body than a strict one.',
  source: 'RFC 9112 section 7.1; corpus/chunked-body.json',
  mend: 'Use a strict parser, and close the connection after 400.',
  check: async (subject) => {
    // A handler that does not read its body may answer before the fault in it is seen.
    subject.path('echo')
    return judgeGroup(subject, 'chunked-body')
  },
}
