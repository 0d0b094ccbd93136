import { type Answer, say, isGood } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-54',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A connection serves more than one request.',
  reason:
    'A handshake for each request multiplies the latency behind a router, and uses up its ' +
    'ports.',
  source: 'RFC 9112 section 9.3',
  mend: 'Use a server that speaks HTTP/1.1 with persistent connections.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const answers: Answer[] = []
    for (let count = 0; count < 3; count++) {
      connection.send(request(subject.target.path))
      answers.push(await connection.response())
    }
    return verdict(
      answers.every(isGood),
      'three requests after each other on one connection',
      'three answers',
      answers.map(say).join(', '),
    )
  },
}
