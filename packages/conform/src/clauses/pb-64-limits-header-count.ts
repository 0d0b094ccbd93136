import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-64',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A request with 3,000 header fields is refused.',
  reason:
    'Each field costs an entry in a map and more; a few kilobytes of short ones are cheap ' +
    'to send.',
  source: 'RFC 6585 section 5; CWE-770',
  mend: 'Limit the fields to a few hundred.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const fields = Array.from({ length: 3_000 }, (_, index) => `A${index}: b\r\n`).join('')
    connection.send(`GET ${subject.target.path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`)
    const answer = await connection.response()
    const isRefused =
      answer.status === 431 ||
      answer.status === 400 ||
      (answer.status === 0 && answer.ending !== 'open')
    return verdict(isRefused, '3,000 header fields', '431 (or 400)', say(answer))
  },
}
