import { say } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-88',
  section: 'Faults',
  level: 'MUST',
  profiles: ['web'],
  sentence:
    'A handler that sets a header value that cannot be sent is answered without it, and does ' +
    'not end the process.',
  reason:
    'The value often comes from the user: a file name with a line end in it must not be a ' +
    'way to stop the service, nor to add header fields.',
  source: 'RFC 9110 section 5.5; CWE-113; measured with @hono/node-server',
  mend: 'Check the values before writing the head; answer 500.',
  check: async (subject) => {
    const running = await subject.start()
    for (const value of ['a\r\nX-Injected: b', '⚓', 'a\u0000b']) {
      const path = subject.path('header', { value }, ['value'])
      const answer = await running.ask(path, { ms: 5_000 })
      const isSplit = answer.headers.has('x-injected')
      expect(
        !isSplit && answer.status > 0,
        `GET ${path}`,
        'one answer without that field',
        isSplit ? 'a field of the client\u2019s making' : say(answer),
      )
    }
    return verdict(
      await running.works(),
      'then a proper request',
      subject.works,
      await running.describe(),
    )
  },
}
