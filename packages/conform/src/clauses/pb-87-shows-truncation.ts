import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { notApplicable, verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-87',
  section: 'Faults',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A handler that fails after its first bytes gives an answer that is visibly cut off.',
  reason: 'An answer that ends as if it were whole is cached and stored as whole.',
  source: 'RFC 9112 section 8',
  mend: 'Close the connection without the last chunk.',
  check: async (subject) => {
    const running = await subject.start()
    const path = subject.path('throw', { kind: 'after' }, ['kind'])
    const answer = await running.ask(path, { ms: 5_000 })
    if (answer.status !== 200 && answer.status !== 0)
      return notApplicable(`GET ${path} sends no byte before it fails`)
    return verdict(
      !answer.complete && answer.ending !== 'open',
      `GET ${path}, which fails after its first bytes`,
      'a connection that ends without the last chunk',
      `${say(answer)}, ${answer.ending}`,
    )
  },
}
