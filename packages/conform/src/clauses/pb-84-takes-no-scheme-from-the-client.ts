import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-84',
  section: 'Hostile input',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'The scheme of a request is not taken from its target.',
  reason:
    'With `GET https://host/` over plain HTTP a client passes for a secure one, and gets ' +
    'cookies and redirects for it.',
  source: 'RFC 9112 sections 3.2.2 and 3.3; RFC 9110 section 7.4',
  mend: 'Take the scheme from the connection, or from a trusted router.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const target = `https://localhost${subject.path('client')}`
    connection.send(request(target))
    const answer = await connection.response()
    const body = answer.body.toString()
    return verdict(
      !body.includes('https:'),
      `GET ${target} over plain TCP`,
      'http:, or a refusal',
      `${say(answer)} ${body.slice(0, 200)}`,
    )
  },
}
