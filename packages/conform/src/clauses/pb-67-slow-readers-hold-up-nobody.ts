import { say, isGood } from '../answer.ts'
import { settleMs } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'
import { wait } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-67',
  section: 'Limits and slow clients',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Clients that do not read their answers hold up nobody else.',
  reason: 'A worker that waits for a full socket buffer to empty serves no one.',
  source: 'CWE-400; RFC 9110 section 17.5',
  mend: 'Write asynchronously, or buffer answers in front of the workers.',
  check: async (subject) => {
    const running = await subject.start()
    const path = subject.path('stream', { chunks: 512, ms: 0, bytes: 65_536 }, ['bytes'])
    for (let count = 0; count < 20; count++) {
      const connection = await running.connect()
      connection.stopReading()
      connection.send(request(path))
    }
    await wait(settleMs * 3)
    const answer = await running.ask(undefined, { ms: 5_000 })
    return verdict(
      isGood(answer),
      '20 clients that read nothing of 32 MB, then a request',
      'an answer within 5 s',
      say(answer),
    )
  },
}
