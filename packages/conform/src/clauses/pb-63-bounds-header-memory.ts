import { expect } from '../checks/drain.ts'
import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { until } from '../wait.ts'

export const clause: Clause = {
  id: 'PB-63',
  section: 'Limits and slow clients',
  level: 'MUST',
  profiles: ['web'],
  sentence: 'A head that never ends is cut off.',
  reason: 'One client could otherwise fill the memory.',
  source: 'RFC 9110 section 17.5; CWE-770',
  mend: 'Limit the header section.',
  check: async (subject) => {
    const running = await subject.start()
    const connection = await running.connect()
    connection.send(`GET ${subject.target.path} HTTP/1.1\r\nHost: localhost\r\n`)
    const line = `X-Field: ${'a'.repeat(1000)}\r\n`.repeat(64)
    let kilobytes = 0
    for (
      ;
      kilobytes < 32_000 && connection.state === 'open' && connection.pending.length === 0;
      kilobytes += 64
    ) {
      connection.send(line)
      await until(
        () => (connection.unsent < 262_144 || connection.state !== 'open' ? true : undefined),
        5_000,
        5,
      )
    }
    await connection.receives(1, 2_000)
    const isCut = connection.state !== 'open' || connection.pending.length > 0
    expect(
      isCut,
      'a head of 32 MB without an end',
      'an answer or the end of the connection',
      'all of it was taken',
    )
    return verdict(
      await running.works(),
      'then a proper request',
      subject.works,
      await running.describe(),
    )
  },
}
