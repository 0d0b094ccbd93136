import { say } from '../answer.ts'
import { inFlight, expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-46',
  section: 'Stopping',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A response given while draining closes its connection.',
  reason:
    'A client that is told to keep the connection sends its next request into a process ' +
    'that is about to end.',
  source: 'RFC 9112 section 9.6 ("close" connection option)',
  mend: 'Send `Connection: close` from SIGTERM on.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await inFlight(running, subject.path('slow', { ms: 1_500 }))
    running.signal('SIGTERM')
    const answer = await connection.response()
    const header = answer.headers.get('connection') ?? 'absent'
    expect(answer.status === 200, 'SIGTERM with a request in flight', '200', say(answer))
    return verdict(
      /close/i.test(header),
      'SIGTERM with a request in flight',
      'Connection: close',
      `Connection: ${header}`,
    )
  },
}
