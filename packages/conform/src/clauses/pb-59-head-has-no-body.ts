import { say } from '../answer.ts'
import { settleMs, expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-59',
  section: 'HTTP',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'The answer to HEAD has no body.',
  reason: 'Its bytes would be taken for the next answer on the connection.',
  source: 'RFC 9110 section 9.3.2',
  mend: 'Send the headers of GET and nothing after them.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(request(subject.target.path, { method: 'HEAD' }))
    const answer = await connection.response(undefined, true)
    await wait(settleMs)
    const rest = connection.pending.length
    expect(
      answer.status > 0 && answer.status < 500,
      `HEAD ${subject.target.path}`,
      'an answer below 500',
      say(answer),
    )
    return verdict(
      rest === 0,
      `HEAD ${subject.target.path}`,
      'no byte after the head',
      `${rest} bytes`,
    )
  },
}
