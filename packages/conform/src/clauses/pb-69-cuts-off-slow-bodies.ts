import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { request } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-69',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A body that stalls is cut off.',
  reason:
    'The handler waits for it, with whatever it holds: memory, a lock, a connection to ' +
    'the database.',
  source: 'RFC 9110 section 15.5.9 (408); Caddy, `read_body`; the time here is `--stall-ms`',
  mend: 'Give each pause within a body a time-out, and answer 408.',
  waits: true,
  check: async (subject) => {
    const { stallMs } = subject.target
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(
      request(subject.path('echo'), { method: 'POST', headers: { 'Content-Length': '1000' } }),
    )
    connection.send('half')
    return verdict(
      await connection.closes(stallMs),
      'four of 1000 bytes of a body',
      `408, or the end of the connection, within ${stallMs / 1000} s`,
      'the connection stays open',
    )
  },
}
