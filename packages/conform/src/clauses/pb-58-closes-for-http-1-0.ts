import { say, isGood } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-58',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence:
    'A request of HTTP/1.0 gets an answer that its client understands, and then the end ' +
    'of the connection.',
  reason:
    'Health checks of old load balancers speak HTTP/1.0: they know no chunks and wait for ' +
    'the end.',
  source: 'RFC 9112 sections 6.1 and 9.3',
  mend: 'Send no `Transfer-Encoding` to HTTP/1.0, and close after the answer.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(`GET ${subject.target.path} HTTP/1.0\r\nHost: localhost\r\n\r\n`)
    const isClosed = await connection.closes(3_000)
    const answer = await connection.response(1_000)
    expect(isGood(answer), 'GET with HTTP/1.0', 'an answer', say(answer))
    expect(
      !answer.headers.has('transfer-encoding'),
      'GET with HTTP/1.0',
      'no Transfer-Encoding',
      'a chunked answer',
    )
    return verdict(
      isClosed,
      'GET with HTTP/1.0',
      'the end of the connection',
      'the connection stays open',
    )
  },
}
