import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'

export const clause: Clause = {
  id: 'PB-68',
  section: 'Limits and slow clients',
  level: 'SHOULD',
  profiles: ['web'],
  sentence: 'A head that stalls is cut off.',
  reason: 'Half-open requests otherwise pile up until the descriptors are used up.',
  source: 'RFC 9110 section 15.5.9 (408); the time here is `--stall-ms`',
  mend: 'Give the head a time-out of 10 to 15 s, and answer 408.',
  waits: true,
  check: async (subject) => {
    const { stallMs } = subject.target
    const running = await subject.start()
    const connection = await running.connect()
    connection.send('GET / HTTP/1.1\r\nHost: local')
    return verdict(
      await connection.closes(stallMs),
      'half a head',
      `408, or the end of the connection, within ${stallMs / 1000} s`,
      'the connection stays open',
    )
  },
}
