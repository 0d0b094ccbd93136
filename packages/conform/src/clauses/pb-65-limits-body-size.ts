import { say } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-65',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A body that is announced with 1 TiB is refused with 413 before it is read.',
  reason: 'A handler that collects the body fills the memory; one that stores it fills the disk.',
  source: 'RFC 9110 section 15.5.14',
  mend: 'Limit the body, and look at Content-Length before reading.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(
      request(subject.path('echo'), {
        method: 'POST',
        headers: { 'Content-Length': String(2 ** 40) },
      }),
    )
    connection.send('x'.repeat(1_000))
    const answer = await connection.response(5_000)
    return verdict(
      answer.status === 413,
      'POST with Content-Length: 1099511627776',
      '413',
      say(answer),
    )
  },
}
