import { say, isGood } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-60',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: '`Expect: 100-continue` gets 100 or a final answer before the body is sent.',
  reason: 'curl and many clients send it with larger bodies, and wait.',
  source: 'RFC 9110 section 10.1.1',
  mend: 'Answer 100 when the body is wanted, a final status when it is not.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    const path = subject.path('echo')
    connection.send(
      request(path, { method: 'POST', headers: { 'Content-Length': '5', Expect: '100-continue' } }),
    )
    await connection.receives(12, 3_000)
    const head = connection.pending.toString('latin1', 0, 12)
    const sent = `POST ${path} with Expect: 100-continue, and no body yet`
    expect(
      /^HTTP\/1\.1 [1-4]\d\d/.test(head),
      sent,
      'HTTP/1.1 100, or a final answer',
      head || 'nothing for 3 s',
    )
    connection.send('hello')
    const answer = await connection.response(5_000)
    return verdict(isGood(answer), 'then the body', 'an answer', say(answer))
  },
}
