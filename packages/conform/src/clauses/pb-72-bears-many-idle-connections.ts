import type { Clause } from '../clause.ts'
import { verdict } from '../outcome.ts'
import { Connection } from '../connection.ts'

export const clause: Clause = {
  id: 'PB-72',
  section: 'Limits and slow clients',
  level: 'MUST',
  profiles: ['web', 'tcp'],
  sentence: 'With 500 idle connections the process still works.',
  reason: 'Routers, browsers and monitors keep connections that they do not use.',
  source: 'CWE-770; Mooring, "Hostile inputs and faults"',
  mend: 'Let an idle connection cost a descriptor and little else.',
  check: async (subject) => {
    const running = await subject.start()
    for (let count = 0; count < 500; count++)
      await Connection.open(running.port).then((connection) => {
        if (connection) subject.keep(connection)
      })
    const answers = await running.works(5_000)
    return verdict(
      answers,
      '500 idle connections, then a new one',
      `${subject.works} within 5 s`,
      await running.describe(),
    )
  },
}
