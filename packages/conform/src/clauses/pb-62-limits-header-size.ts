import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-62',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A header section of 200 KB is refused with 431.',
  reason: 'Headers are kept in memory before any handler can refuse them.',
  source: 'RFC 6585 section 5',
  mend: 'Limit the header section to 8 to 64 KB.',
  check: async (subject) => {
    const running = await subject.start()
    const answer = await running.ask(subject.target.path, {
      headers: { 'X-Large': 'a'.repeat(200_000) },
    })
    // A server that closes early may reset what it said.
    return verdict(
      answer.status === 431 || answer.status === 400,
      'a header field of 200,000 bytes',
      '431 (or 400)',
      say(answer),
    )
  },
}
