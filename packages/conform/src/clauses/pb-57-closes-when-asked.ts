import { say, isGood } from '../answer.ts'
import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-57',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: '`Connection: close` in a request closes the connection after the answer.',
  reason: 'A client that asked for it waits for the end of the connection.',
  source: 'RFC 9112 section 9.6',
  mend: 'Close after the answer, and say so in it.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(request(subject.target.path, { headers: { Connection: 'close' } }))
    const answer = await connection.response()
    expect(isGood(answer), 'Connection: close', 'an answer', say(answer))
    return verdict(
      await connection.closes(3_000),
      'Connection: close',
      'the end of the connection',
      'the connection stays open',
    )
  },
}
