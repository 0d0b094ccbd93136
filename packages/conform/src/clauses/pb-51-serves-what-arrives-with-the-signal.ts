import { say, isGood } from '../answer.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { type Connection, request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-51',
  section: 'Stopping',
  level: 'MUST',
  profiles: ['web'],
  sentence:
    'Requests that reached the process before SIGTERM are answered, on new and on kept ' +
    'connections.',
  reason:
    'They are in the socket\'s buffer, unread, at the moment of the signal. Closing "idle" ' +
    'connections without looking resets them.',
  source: 'RFC 9112 section 9.6; Mooring, "Zero loss, shown"',
  mend: 'Read once more before closing a connection as idle.',
  check: async (subject) => {
    const running = await subject.start()
    const connections: Connection[] = []
    for (let count = 0; count < 20; count++) {
      const connection = await running.connect()
      connections.push(connection)
      if (count % 2 === 0) continue
      connection.send(request(subject.target.path))
      await connection.response()
    }
    const open = connections.filter(({ state }) => state === 'open')
    for (const connection of open) connection.send(request(subject.target.path))
    await new Promise(setImmediate)
    running.signal('SIGTERM')
    const answers = await Promise.all(open.map((connection) => connection.response()))
    const lost = answers.filter((answer) => !isGood(answer))
    return verdict(
      lost.length === 0,
      `${open.length} requests and SIGTERM right after them`,
      `${open.length} answers`,
      `${lost.length} lost: ${lost[0] && say(lost[0])}`,
    )
  },
}
