import { say, isGood } from '../answer.ts'
import { inFlight } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { type Connection, request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-43',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'Connections that the kernel had accepted before SIGTERM are served.',
  reason:
    'They wait in the listen queue while the process is busy. Closing the listener resets ' +
    'all of them, though their clients have a connection and have sent their request.',
  source: 'Puma, `drain_on_shutdown`; measured: Node.js resets 30 of 30',
  mend: 'Accept until the queue is empty, and only then close the listener.',
  check: async (subject) => {
    const running = await subject.start()
    const path = subject.path('block', { ms: 1_500 })
    const blocker = await inFlight(running, path)
    const queued: Connection[] = []
    for (let count = 0; count < 20; count++) {
      const connection = await running.connect()
      connection.send(request(subject.target.path))
      queued.push(connection)
    }
    running.signal('SIGTERM')
    const answers = await Promise.all(
      [blocker, ...queued].map((connection) => connection.response()),
    )
    const lost = answers.filter((answer) => !isGood(answer))
    return verdict(
      lost.length === 0,
      '20 requests while the process was busy, then SIGTERM',
      '21 answers',
      `${lost.length} lost: ${lost[0] && say(lost[0])}`,
    )
  },
}
